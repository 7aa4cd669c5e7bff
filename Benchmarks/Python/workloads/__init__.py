"""Programs that behave like the requests and jobs of real services, with the standard library alone.

`python3 -m workloads FOLDER` profiles every endpoint with cProfile, and leaves real dumps in FOLDER: what
the corpora of scripts/bench-store are made of. A piece (texts.py, data.py, …) is one kind of work; an
endpoint (endpoints.py) is a few pieces. A piece takes a size: 1 for a small input, more for a large one.
"""
