"""`python -m verify.fuzz`: see `verify.fuzz.run`."""

import sys

from verify.fuzz.run import main

sys.exit(main())
