"""Profiles every endpoint, with a small and with a large input, into real dumps.

    python3 -m workloads FOLDER            all endpoints
    python3 -m workloads FOLDER SERVICE ENDPOINT INPUT

A dump is named SERVICE,ENDPOINT,INPUT.prof, with `.` for each slash of the endpoint. Each has a process of its
own, so that what one imports or caches is no other's.
"""
import concurrent.futures
import cProfile
import os
import subprocess
import sys
import warnings

from . import endpoints

#: The inputs and their sizes.
INPUTS = {'small': 1, 'large': 4}


def path(folder, service, endpoint, size):
    return os.path.join(folder, '%s,%s,%s.prof' % (service, endpoint.replace('/', '.'), size))


def record(folder, service, endpoint, size):
    """Profiles one endpoint in this process."""
    pieces = next(row[2] for row in endpoints.endpoints() if row[:2] == (service, endpoint))
    if service != 'tools':
        # A service is warm when it is profiled: modules are imported, caches are filled.
        endpoints.handle(pieces, INPUTS[size])
    profiler = cProfile.Profile()
    profiler.runcall(endpoints.handle, pieces, INPUTS[size])
    profiler.dump_stats(path(folder, service, endpoint, size))


def main():
    warnings.simplefilter('ignore')
    sys.argv[0] = 'workloads'
    if len(sys.argv) == 5:
        return record(*sys.argv[1:])
    os.makedirs(sys.argv[1], exist_ok=True)
    commands = [[sys.executable, '-m', 'workloads', sys.argv[1], service, endpoint, size]
                for service, endpoint, _ in endpoints.endpoints() for size in INPUTS]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda command: subprocess.run(command, check=True), commands))


if __name__ == '__main__':
    main()
