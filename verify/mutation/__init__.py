"""Changes of the package, each of which a test must notice."""
