"""What the standalone program runs: `emoapp`, in the processes that it starts as well."""

import multiprocessing
import runpy
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()
    # emoapp starts parts of itself as `sys.executable -m emoapp.part`, and this is that executable.
    if sys.argv[1:2] == ["-m"] and sys.argv[2].partition(".")[0] == "emoapp":
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        from emoapp.__main__ import main

        raise SystemExit(main())
