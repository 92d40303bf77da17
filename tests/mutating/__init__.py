"""What tests/mutants.py changes in convref: in functions by mutmut, outside them by itself."""
