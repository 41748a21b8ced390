"""The project's figures: `python -m bench` measures them and writes docs/benchmarks.md."""
