"""What scripts/bench-store asks, and whom."""

MINUTE, HOUR = 60 * 10**9, 3600 * 10**9
#: 2026-01-05T14:00:00Z, in the busiest hour of the day that the generator makes.
BUSIEST = {'since': 1767621600 * 10**9, 'until': 1767625200 * 10**9}
SLICES = {'kind': 'slices', 'top': 20}

QUESTIONS = [
    dict(SLICES, label='day, slices of 1 min, self time', metric='self', every=MINUTE),
    dict(SLICES, label='day, slices of 1 min, cumulative', metric='cumulative', every=MINUTE),
    dict(SLICES, label='day, slices of 1 h, self time', metric='self', every=HOUR),
    dict(SLICES, label='day, slices of 1 h, cumulative', metric='cumulative', every=HOUR),
    dict(SLICES, label='1 h, slices of 10 s, cumulative', metric='cumulative', every=10 * 10**9, **BUSIEST),
    dict(SLICES, label='day of service=web, 1 min, cumulative', metric='cumulative', every=MINUTE, labels={'service': 'web'}),
    dict(SLICES, label='day of service=web, 1 h, cumulative', metric='cumulative', every=HOUR, labels={'service': 'web'}),
    dict(kind='merge', label='merge of the day, with edges'),
    dict(kind='merge', label='merge of 1 h, with edges', **BUSIEST),
]

#: Label, engine, what is added to each question. Those of Strata come first.
CONTESTANTS = [
    ('Strata, single captures', 'strata', {'raw': True}),
    ('Strata, roll-ups', 'strata', {}),
    ('DuckDB, 1 thread', 'duckdb', {'threads': 1}),
    ('DuckDB, 2 threads', 'duckdb', {'threads': 2}),
    ('chDB, 2 threads', 'chdb', {}),
    ('polars, 2 threads', 'polars', {}),
    ('pandas', 'pandas', {}),
    ("the article's loop", 'article', {}),
]


def answers(engine, question, has_edges):
    """Whether an engine can answer: the article's loop knows whole days and no edges."""
    if engine == 'article':
        return question['kind'] == 'slices' and 'labels' not in question and 'since' not in question
    return engine == 'strata' or has_edges or question['kind'] == 'slices'
