"""The site, in three stages: before the builder, the builder, after it. `build.py` lists them."""
