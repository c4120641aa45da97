import { describe, expect, test } from "bun:test"
import { disabledTools, evaluate, matchWildcard, rulesFromConfig } from "../../src/permission/evaluate"

describe("matchWildcard", () => {
  test.each([
    ["ls", "ls", true],
    ["ls -la", "ls", false],
    ["ls", "ls *", true],
    ["ls -la", "ls *", true],
    ["lsof", "ls *", false],
    ["lsof", "ls*", true],
    ["git status --deny", "git status --deny", true],
    ["a/b/c.ts", "a/*", true],
    ["a/b/c.ts", "*.ts", true],
    ["echo a\nrm b", "echo *", true],
    ["abc", "a?c", true],
    ["ac", "a?c", false],
    ["a.c", "a.c", true],
    ["abc", "a.c", false],
    ["", "*", true],
    ["", "", true],
    ["x", "", false],
    ["a(b)[c]", "a(b)[c]", true],
    ["xaab", "*aab", true],
    ["aXbXc", "a*b*c", true],
    ["aXbX", "a*b*c", false],
    [".env", "*.env", true],
    [".env.example", "*.env.*", true],
  ])("%j against %j is %p", (text, pattern, fits) => {
    expect(matchWildcard(text, pattern)).toBe(fits)
  })

  test("takes no exponential time", () => {
    const start = performance.now()
    expect(matchWildcard("a".repeat(5000), `${"*a".repeat(50)}b`)).toBe(false)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe("rulesFromConfig", () => {
  test("keeps the order of the keys", () => {
    expect(rulesFromConfig({ bash: { "*": "ask", "ls *": "allow" }, edit: "deny" })).toEqual([
      { permission: "bash", pattern: "*", action: "ask" },
      { permission: "bash", pattern: "ls *", action: "allow" },
      { permission: "edit", pattern: "*", action: "deny" },
    ])
    expect(rulesFromConfig("allow")).toEqual([{ permission: "*", pattern: "*", action: "allow" }])
    expect(rulesFromConfig({})).toEqual([])
  })
})

describe("evaluate", () => {
  const config = {
    "*": "allow",
    bash: { "*": "ask", "echo *": "allow", "rm *": "deny", "git status*": "allow", "git status --deny": "deny" },
    "mcp_*": "ask",
  } as const
  const rules = rulesFromConfig(config)
  test.each([
    ["read", "x", "allow"],
    ["bash", "ls", "ask"],
    ["bash", "echo hi", "allow"],
    ["bash", "rm -f x", "deny"],
    ["bash", "git status", "allow"],
    ["bash", "git status --deny", "deny"],
    ["mcp_echo", "*", "ask"],
  ])("%s %j: %s", (permission, pattern, action) => {
    expect(evaluate(permission, pattern, rules).action).toBe(action as "ask")
  })

  test("asks when no rule matches", () => {
    expect(evaluate("bash", "ls")).toEqual({ permission: "bash", pattern: "*", action: "ask" })
  })
  test("lets a later list win over an earlier one", () => {
    expect(evaluate("bash", "rm x", rules, [{ permission: "bash", pattern: "rm *", action: "allow" }]).action).toBe(
      "allow",
    )
    expect(evaluate("bash", "rm x", rules, []).action).toBe("deny")
  })
})

test("disabledTools names those whose last rule denies everything", () => {
  const config = {
    "*": "allow",
    edit: "deny",
    glob: { "*.secret": "deny" },
    bash: { "*": "deny", "ls *": "allow" },
  } as const
  const rules = rulesFromConfig(config)
  expect(disabledTools(["read", "edit", "write", "apply_patch", "glob", "bash"], rules)).toEqual(
    new Set(["edit", "write", "apply_patch"]),
  )
})
