"""The command line `anju`: serving, workers, the demo city, scenarios, checks and benchmarks."""
