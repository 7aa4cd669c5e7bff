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


def cell(python, workload, budget, seconds):
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join([os.path.join(ROOT, 'agent', 'src'), HERE]),
                       PYTHONDONTWRITEBYTECODE='1')
    with tempfile.TemporaryDirectory() as folder:
        command = [python, os.path.join(HERE, 'overhead_cell.py'), workload, str(budget / 100), str(seconds), folder]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, universal_newlines=True)
    if done.returncode != 0:
        sys.exit('%s under %s ended with %d' % (workload, python, done.returncode))
    return json.loads(done.stdout)


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
    options = parser.parse_args()
    budgets = [float(budget) for budget in options.budgets.split(',')]
    print('| Python, workload | requests/s | %s |' % ' | '.join('budget %g %%' % budget for budget in budgets))
    print('|---|--:|%s' % ('--:|' * len(budgets)))
    figures = []
    for name, python in interpreters(options.pythons).items():
        inside = with_flask(name, python)
        for workload in options.workloads.split(','):
            results = [cell(inside, workload, budget, options.seconds) for budget in budgets]
            rate = results[0]['requests'] / results[0]['base']
            print('| %s %s | %d | %s |' % (name, workload, rate, ' | '.join(map(text, results, budgets))), flush=True)
            figures += [dict(result, python=name, workload=workload, budget=budget)
                        for result, budget in zip(results, budgets)]
    print('\ncaptured share of the requests → realised overhead ± interval (the agent\'s own account), in per cent of the '
          'requests\' CPU time')
    if options.json:
        with open(options.json, 'w') as file:
            json.dump(figures, file, indent=1)


if __name__ == '__main__':
    main()
