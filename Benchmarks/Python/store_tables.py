"""The results of scripts/bench-store as tables of Markdown."""
import statistics


def spread(values, form='%.3g'):
    """Median (smallest-largest)."""
    figures = [plain(form % value) for value in (statistics.median(values), min(values), max(values))]
    return '%s (%s-%s)' % tuple(figures)


def plain(text):
    """`1.2e+03` as people write it."""
    return '%d' % float(text) if 'e+' in text else text


def table(head, rows):
    lines = ['| ' + ' | '.join(head) + ' |', '|---|' + '--:|' * (len(head) - 1)]
    return '\n'.join(lines + ['| ' + ' | '.join(row) + ' |' for row in rows]) + '\n'


def times(results):
    """Milliseconds of real time of every question and contestant."""
    names = results['contestants']
    return table(['ms'] + names, [
        [question['label']] + [spread([time['wall'] * 1e3 for time in question['times'][name]])
                               if name in question['times'] else '' for name in names]
        for question in results['questions']])


def ratios(results, base, clock):
    """How many times the time of one contestant the others took, round by round."""
    names = [name for name in results['contestants'] if not name.startswith('Strata')]
    rows = []
    for question in results['questions']:
        ours = question['times'][base]
        row = [question['label']]
        for name in names:
            theirs = question['times'].get(name)
            row.append(spread([b[clock] / a[clock] for a, b in zip(ours, theirs)]) if theirs else '')
        rows.append(row)
    return table(['times the %s of %s' % ({'wall': 'time', 'cpu': 'CPU'}[clock], base)] + names, rows)


def sizes(results):
    corpus = results['corpus']
    rows, dumps = corpus['functionRows'] + corpus['edgeRows'], corpus['dumpBytes']
    return table(['on the disk', 'MB', 'bytes a row', 'part of the dumps', 'seconds to load'], [
        [name, '%.1f' % (size / 1e6), '%.2f' % (size / rows), '1/%.1f' % (dumps / size), seconds and '%.1f' % seconds or '']
        for name, size, seconds in results['sizes']])


def imports(results):
    corpus, runs = results['corpus'], results['imports']
    captures, rows = corpus['captures'], corpus['functionRows'] + corpus['edgeRows']
    lines = [[label, spread([captures / run[key] for run in runs], '%.4g'), spread([rows / run[key] / 1e6 for run in runs])]
             for label, key in (('until the last dump was durable', 'durable'), ('with the roll-ups', 'wall'))]
    text = table(['import', 'profiles/s', 'million rows/s'], lines)
    if runs[0]['cpu'] is None:
        return text
    return text + '\nIt took %s s of CPU, and at most %.1f MiB of anonymous memory.\n' % (
        spread([run['cpu'] for run in runs]), max(run['memory'] for run in runs))


def processes(results):
    return table(['whole process', 'ms', 'CPU, ms'], [
        [name, spread([run['wall'] * 1e3 for run in runs]), spread([run['cpu'] * 1e3 for run in runs])]
        for name, runs in results['processes']])


def memory(results):
    return table(['anonymous memory of Strata, fresh process', 'MiB'], [
        [name, '%.1f' % value] for name, value in results['memory']])


def report(results):
    """Everything about one corpus."""
    corpus = results['corpus']
    head = '## %s: %d captures, %d functions and %d edges in them (%d and %d different ones)\n' % (
        corpus['form'], corpus['captures'], corpus['functionRows'], corpus['edgeRows'], corpus['functions'], corpus['edges'])
    parts = [head, sizes(results), 'The disk syncs %d writes of 16 KiB a second.\n' % results['syncs'], imports(results),
             times(results)]
    for base in (name for name in results['contestants'] if name.startswith('Strata')):
        parts += [ratios(results, base, 'wall'), ratios(results, base, 'cpu')]
    parts += [processes(results), memory(results)]
    parts += ['%s: not measured: %s\n' % pair for pair in sorted(results['missing'].items())]
    parts += ['%s: measured on %.3g of the functions, and multiplied.\n' % pair for pair in results['parts'].items()]
    return '\n'.join(parts)
