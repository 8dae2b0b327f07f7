/** Functions that code blocks can import. Specification chapter 24, section 11. */
import assert from "node:assert/strict";
import { test } from "vitest";
import { formatFunctionsForPrompt, FunctionWithRequirements, functionsModule, packagesOf } from "./functions.js";

const add = 'def add(a: int, b: dict = {"x": ":)"}) -> int:\n    """Adds.\n\n    Twice.\n    """\n    return a\n';
const load = FunctionWithRequirements.fromStr(
  "@cache\nasync def load(\n    path: str,  # where: here\n) -> 'dict[str, int]':\n    return {}\n",
  {
    pythonPackages: ["pandas", "numpy"],
    globalImports: [
      "json",
      { name: "numpy", alias: "np" },
      { module: "functools", imports: ["cache", { name: "wraps", alias: "w" }] },
    ],
  },
);

test("EXE-20 the module has all imports once, then the functions", () => {
  const other = FunctionWithRequirements.fromStr("def f(): ...", { globalImports: ["json"], pythonPackages: ["numpy"] });
  assert.equal(
    functionsModule([load, other]),
    `import json\nimport numpy as np\nfrom functools import cache, wraps as w\n\n${load.source}\n\ndef f(): ...\n\n`,
  );
  assert.deepEqual(packagesOf([load, other, add]), ["pandas", "numpy"]);
});

test("EXE-20 stubs have the head and the docstring, whatever stands in them", () => {
  assert.equal(
    formatFunctionsForPrompt([add, load], { template: "$module_name|$functions", moduleName: "mine" }),
    'mine|def add(a: int, b: dict = {"x": ":)"}) -> int:\n    """Adds.\n\n    Twice."""\n    ...\n\n' +
      "async def load(\n    path: str,  # where: here\n) -> 'dict[str, int]':\n    ...",
  );
  assert.match(formatFunctionsForPrompt([add]), /module `functions`, for example: `from functions import add`\.\n\ndef add/);
});

test("EXE-20 a text must hold exactly one function, the module's name must be an identifier", () => {
  for (const wrong of ["x = 1", "def a(): ...\ndef b(): ...", "  def inner(): ..."])
    assert.throws(() => FunctionWithRequirements.fromStr(wrong), {
      code: "invalid-option",
      message: "The string must contain exactly one function",
    });
  assert.throws(() => FunctionWithRequirements.fromStr("def a(x"), { message: /^Could not compile function: / });
  assert.throws(() => formatFunctionsForPrompt([add], { moduleName: "not ok" }), { code: "invalid-option" });
});
