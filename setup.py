"""Nothing, unless ZHENGBAO_COMPILE=1 is set: then the modules of transforms/ are compiled to C (``make compile``).

An installation stays pure Python, and a machine without a compiler needs none. flows/compiled.py lists which modules
stay out: the readers of documents, whose time goes into libraries that are C already, and two whose patterns hold
lone surrogates. ZHENGBAO_COMPILE_LEVEL is the compiler's -O: 1 reads as fast as 3 and is ready much sooner.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from setuptools import Extension, setup

SCRATCH = "build/compiled"


def extensions() -> list[Extension]:
    """One library for all modules, so that they call each other as C functions, and a small file for each."""
    if os.environ.get("ZHENGBAO_COMPILE") != "1":
        return []
    sys.path.insert(0, str(Path(__file__).parent))  # who builds a wheel does not start from here
    from mypyc.build import mypycify

    from flows.compiled import GROUP, compiled_modules

    built = mypycify(
        [f"transforms/{name}.py" for name in sorted(compiled_modules(Path("transforms")))],
        opt_level=os.environ.get("ZHENGBAO_COMPILE_LEVEL", "1"),
        debug_level="0",
        group_name=f"transforms.{GROUP}",
        target_dir=SCRATCH,
    )
    for extension in built:
        # mypyc makes every warning an error; looking for them takes twice as long as compiling without
        extension.extra_compile_args += ["-w", "-Wno-all", "-DNDEBUG"]
    return built


setup(ext_modules=extensions())
