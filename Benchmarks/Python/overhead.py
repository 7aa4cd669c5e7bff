"""The table of scripts/bench-overhead: each cell is a process of its own (overhead_cell.py).

A cell is met where the upper end of its interval is at most the budget and 0.2 points; missed cells are marked !, and
cells whose interval is wider than 0.2 points to a side, which say less, ~.
"""
import argparse
import glob
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WORKLOADS = ['calls', 'objects', 'native', 'tasks', 'web', 'mix']
VERSIONS = ['3.8', '3.11', '3.13']
TOLERANCE = 0.2


def say(text):
    print(text, file=sys.stderr, flush=True)


def version(python):
    code = 'import sys; print("%d.%d" % sys.version_info[:2])'
    try:
        return subprocess.run([python, '-c', code], stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def interpreters(given):
    if given:
        return {version(python): python for python in given}
    found = {}
    roots = os.environ.get('PYENV_ROOT', os.path.expanduser('~/.pyenv'))
    for python in sorted(glob.glob(roots + '/versions/*/bin/python3')) + ['python' + name for name in VERSIONS]:
        name = version(python)
        if name in VERSIONS:
            found.setdefault(name, python)
    for name in VERSIONS:
        if name not in found:
            say('SKIPPED: Python %s, which is not there' % name)
    return {name: found[name] for name in VERSIONS if name in found}


def with_flask(name, python):
    """The interpreter of an environment that has Flask, or the one given."""
    place = os.path.join(ROOT, '.build-agent', 'overhead-' + name)
    inside = os.path.join(place, 'bin', 'python')
    try:
        if not os.path.exists(inside):
            subprocess.run([python, '-m', 'venv', place], check=True)
            subprocess.run([inside, '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', 'flask'], check=True)
        return inside
    except (OSError, subprocess.CalledProcessError):
        say('Flask could not be installed for Python %s: a small router stands in' % name)
        return python


def run(python, program, *arguments):
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([os.path.join(ROOT, 'agent', 'src'), HERE]),
                       PYTHONDONTWRITEBYTECODE='1')
    done = subprocess.run([python, os.path.join(HERE, program), *map(str, arguments)], env=environment,
                          stdout=subprocess.PIPE, universal_newlines=True)
    if done.returncode != 0:
        sys.exit('%s %s under %s ended with %d' % (program, arguments[0], python, done.returncode))
    return json.loads(done.stdout)


def cell(python, workload, budget, seconds):
    with tempfile.TemporaryDirectory() as folder:
        return run(python, 'overhead_cell.py', workload, budget / 100, seconds, folder)


def print_single(pythons, workloads):
    print('| Python, workload | bare, ms | calls | captured × | snapshot, ms | bytes | whole cost, in requests |')
    print('|---|--:|--:|--:|--:|--:|--:|')
    for name, python in pythons.items():
        for workload in workloads:
            row = run(python, 'overhead_single.py', workload, 40)
            print('| %s %s | %.2f | %d | %.2f | %.2f | %d | %.2f |' % (
                name, workload, row['bare'] / 1e6, row['calls'], row['captured'], row['snapshot'] / 1e6, row['bytes'],
                row['whole']), flush=True)


def text(result, budget):
    overhead, error = 100 * result['overhead'], 100 * result['error']
    mark = ''
    if overhead + error > budget + TOLERANCE:
        mark = ' !' if overhead - error > budget + TOLERANCE or error <= TOLERANCE else ' ~'
    elif error > TOLERANCE:
        mark = ' ~'
    share = 100 * result['captures'] / result['requests']
    return '%.2f %% → %.2f ± %.2f (%.2f)%s' % (share, overhead, error, 100 * result['account'], mark)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--seconds', type=float, default=12)
    parser.add_argument('--workloads', default=','.join(WORKLOADS))
    parser.add_argument('--budgets', default='1,2,5', help='per cent')
    parser.add_argument('--json', help='a file for all figures')
    parser.add_argument('pythons', nargs='*')
    parser.add_argument('--single', action='store_true', help='what one capture costs, and no budgets')
    options = parser.parse_args()
    workloads = options.workloads.split(',')
    pythons = {name: with_flask(name, python) for name, python in interpreters(options.pythons).items()}
    if options.single:
        print_single(pythons, [workload for workload in workloads if workload != 'mix'])
        return
    figures = print_budgets(pythons, workloads, [float(budget) for budget in options.budgets.split(',')], options.seconds)
    if options.json:
        with open(options.json, 'w') as file:
            json.dump(figures, file, indent=1)


def print_budgets(pythons, workloads, budgets, seconds):
    print('| Python, workload | requests/s | %s |' % ' | '.join('budget %g %%' % budget for budget in budgets))
    print('|---|--:|%s' % ('--:|' * len(budgets)))
    figures = []
    for name, python in pythons.items():
        for workload in workloads:
            results = [cell(python, workload, budget, seconds) for budget in budgets]
            rate = results[0]['requests'] / results[0]['base']
            print('| %s %s | %d | %s |' % (name, workload, rate, ' | '.join(map(text, results, budgets))), flush=True)
            figures += [dict(result, python=name, workload=workload, budget=budget)
                        for result, budget in zip(results, budgets)]
    print('\ncaptured share of the requests → realised overhead ± interval (the agent\'s own account), in per cent of the '
          'requests\' CPU time')
    return figures


if __name__ == '__main__':
    main()
