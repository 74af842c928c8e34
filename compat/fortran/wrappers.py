#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Write the subroutines of Fortran from the table of their arguments.

The types of arguments come from the declarations of the functions.

Usage: wrappers.py OUTPUT TABLE HEADER...
"""

import re
import sys
from pathlib import Path

DECLARATION = re.compile(
    r"^(?!typedef)((?:\w+ )+\*?)(\w+)\(((?:[^()]|\([^()]*\))*)\);", re.MULTILINE
)
BY_VALUE = {"j": "int", "m": "int", "k": "LONGLONG", "b": "int"}
TEXT = "sSNcvVWC"


def read_declarations(headers: list[str]) -> dict[str, list[str]]:
    """Return the types of the parameters of each function."""
    functions: dict[str, list[str]] = {}
    for header in headers:
        text = re.sub(r"/\*.*?\*/", "", Path(header).read_text(), flags=re.DOTALL)
        for _, name, parameters in DECLARATION.findall(text):
            types = []
            for parameter in re.sub(r"\s+", " ", parameters).split(","):
                kind = re.sub(r"\[[^]]*\]", "*", parameter.strip())
                types.append(re.sub(r"\b\w+(\**)$", r"\1", kind).strip())
            functions[name] = [] if parameters.strip() == "void" else types
    return functions


def expand(line: str) -> list[str]:
    """Return the lines that a line with {a,b} is for.

    A group on both sides of > takes its alternatives in step.
    """
    match = re.search(r"\{([\w,]+)\}", line)
    if match is None:
        return [line]
    return [
        expanded
        for choice in match[1].split(",")
        for expanded in expand(line.replace(match[0], choice))
    ]


def count_of(where: str, kinds: list[str]) -> str:
    """Return the number of elements of an array argument."""
    if where == "f":
        return "cf_count_fields(u1, *a2)"
    if where == "x":
        return "cf_count_axes(u1, *a3)"
    if where == "s":
        places = [i for i, kind in enumerate(kinds, 1) if kind == "ax"]
        return f"cf_count_pixels(*a3, {', '.join(f'v{i}' for i in places)})"
    return f"*a{where}"


def argument(i: int, kind: str, c_type: str, kinds: list[str]) -> tuple[str, str, str, str, str]:
    """Return parameter, declaration, what is passed, results, and release."""
    a, v, letter = f"a{i}", f"v{i}", kind[0]
    count = count_of(kind[1:], kinds) if len(kind) > 1 else ""
    if letter == "u":
        return f"const int *{a}", f"fitsfile *u{i} = CUnit2FITS(*{a});", f"u{i}", "", ""
    if letter == "t":
        return f"int *{a}", "", a, "", ""
    if letter == "i":
        return f"const {c_type} *{a}", "", f"*{a}", "", ""
    if letter == "b":
        return f"const int *{a}", "", f"*{a} != 0", "", ""
    if letter in BY_VALUE:
        return f"const {BY_VALUE[letter]} *{a}", "", f"*{a}", "", ""
    if letter == "p":
        separator = "" if c_type.endswith("*") else " "
        return f"{c_type}{separator}{a}", "", a, "", ""
    if letter == "J":
        return f"int *{a}", f"long {v} = *{a};", f"&{v}", f"*{a} = cf_integer({v});", ""
    if letter == "B":
        return f"int *{a}", f"int {v} = *{a};", f"&{v}", f"*{a} = {v} != 0;", ""
    if letter == "c":
        return f"const char *{a}", "", f"n{i} > 0 ? *{a} : ' '", "", ""
    if letter in "sSN":
        written = "false" if letter == "s" else "true"
        begin = f"cf_string {v};\n  cf_string_begin(&{v}, {a}, n{i}, {written});"
        if letter == "s":
            return f"const char *{a}", begin, f"{v}.text", "", f"cf_string_free(&{v});"
        write = "number" if letter == "N" else "string"
        return f"char *{a}", begin, f"{v}.text", f"cf_{write}_write(&{v}, {a}, n{i});", ""
    if letter in "vVW":
        width = "cf_column_width(u1, *a2)" if letter == "W" else "0"
        filled = "true" if letter == "v" else "false"
        begin = f"cf_strings {v};\n  cf_strings_begin("
        begin += f"&{v}, {a}, n{i}, {count}, {width}, {filled}, STATUS);"
        if letter == "v":
            return f"const char *{a}", begin, f"{v}.list", "", f"cf_strings_free(&{v});"
        return f"char *{a}", begin, f"{v}.list", f"cf_strings_write(&{v}, {a}, n{i});", ""
    if letter == "C":
        begin = f"cf_strings {v};\n  cf_strings_comments(&{v}, {a}, n{i}, {count}, STATUS);"
        return f"const char *{a}", begin, f"{v}.list", "", f"cf_strings_free(&{v});"
    c_kind, noun = ("long", "longs") if letter in "aA" else ("char", "flags")
    filled, const = ("true", "const ") if letter in "ar" else ("false", "")
    begin = f"{c_kind} *{v} = cf_{noun}_begin({a}, {count}, {filled}, STATUS);"
    if letter in "ar":
        return f"{const}int *{a}", begin, v, "", f"free({v});"
    return f"{const}int *{a}", begin, v, f"cf_{noun}_write({v}, {a}, {count});", ""


def wrapper(name: str, function: str, kinds: list[str], types: list[str]) -> str:
    """Return one subroutine."""
    if len(types) != len(kinds):
        sys.exit(f"wrappers.txt: {name} has {len(kinds)} arguments, {function}() has {len(types)}")
    parts = [
        argument(i, kind, c_type, kinds)
        for i, (kind, c_type) in enumerate(zip(kinds, types, strict=True), 1)
    ]
    parameters = [part[0] for part in parts]
    parameters += [f"size_t n{i}" for i, kind in enumerate(kinds, 1) if kind[0] in TEXT]
    status = f"a{len(kinds)}" if kinds and kinds[-1] == "t" else "&status"
    body = [part[1].replace("STATUS", status) for part in parts if part[1]]
    if status == "&status" and any("STATUS" in part[1] for part in parts):
        body.insert(0, "int status = 0;")
    if "s" in [kind[1:] for kind in kinds]:
        body.sort(key=lambda line: "cf_count_pixels" in line)
    body.append(f"(void){function}({', '.join(part[2] for part in parts)});")
    body += [part[3] for part in parts if part[3]] + [part[4] for part in parts if part[4]]
    head = f"void ft{name}_({', '.join(parameters) or 'void'})"
    return head + ";\n" + head + " {\n  " + "\n  ".join(body) + "\n}\n"


def main() -> None:
    """Read table and headers, write the subroutines."""
    output, table, headers = sys.argv[1], sys.argv[2], sys.argv[3:]
    functions = read_declarations(headers)
    lines = ['#include "fortran/convert.h"\n']
    for line in Path(table).read_text().splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        for one in expand(line):
            names, *kinds = one.split()
            name, _, other = names.partition(">")
            function = other if "_" in other else "ff" + (other or name)
            if function not in functions:
                sys.exit(f"wrappers.txt: no declaration of {function}()")
            lines.append(wrapper(name, function, kinds, functions[function]))
    Path(output).write_text("\n".join(lines))


if __name__ == "__main__":
    main()
