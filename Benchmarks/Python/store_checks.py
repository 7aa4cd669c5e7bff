"""Whether two engines of scripts/bench-store gave the same answer."""


class Disagreement(Exception):
    """What two engines do not agree on."""


def compare(question, name, ours, theirs, tolerance):
    """Stops the run where an answer differs from Strata's, which was summed from single captures.

    Sums are whole numbers, and equal; those that come from floating point may differ by a billionth.
    """
    pairs = slices_of if question['kind'] == 'slices' else figures_of
    left, right = pairs(ours), pairs(theirs)
    for key in left.keys() | right.keys():
        a, b = left.get(key, 0), right.get(key, 0)
        if abs(a - b) > tolerance * max(abs(a), abs(b)) + (1 if tolerance else 0):
            raise Disagreement('%s: %s has %r where Strata has %r, of %s' % (question['label'], name, b, a, key))
    return len(left)


def slices_of(answer):
    """The sum of everything and of each named function, by slice."""
    values = dict(zip(((start, None) for start in answer['starts']), answer['totals']))
    for series in answer['series']:
        values.update(zip(((start, series['name']) for start in answer['starts']), series['values']))
    return {key: value for key, value in values.items() if value}


def figures_of(answer):
    """The four figures of each function and edge."""
    return {(table, row['name'], column): value for table in ('functions', 'edges')
            for row in answer[table] for column, value in enumerate(row['figures']) if value}
