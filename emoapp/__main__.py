"""`python -m emoapp`."""

from emoapp.cli import main

raise SystemExit(main())
