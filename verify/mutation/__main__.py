"""`python -m verify.mutation`: see `verify.mutation.run`."""

import sys

from verify.mutation.run import main

sys.exit(main())
