// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are shell programs
import { describe, expect, test } from "bun:test"
import { mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { parsePlain, parseTree } from "../../src/tool/bash-parse"
import { shellNeeds } from "../../src/tool/bash-permission"
import { testInstance } from "../helper/instance"

async function needsOf(command: string) {
  await using it = await testInstance()
  return shellNeeds(it.instance, command, it.instance.directory)
}

describe("patterns", () => {
  test.each<[string, string[]]>([
    ["ls", ["ls"]],
    ["  ls -la  ", ["ls -la"]],
    ["echo a && ls src | head -1; rm -f zzz", ["echo a", "ls src", "head -1", "rm -f zzz"]],
    ["echo once >/dev/null", ["echo once >/dev/null"]],
    ["echo $(ls)", ["echo $(ls)", "ls"]],
    ["echo `rm x`", ["echo `rm x`", "rm x"]],
    ['echo "a $(cat b; rm c) d"', ['echo "a $(cat b; rm c) d"', "cat b", "rm c"]],
    ["echo '$(rm x)'", ["echo '$(rm x)'"]],
    ["echo $((1 + $(rm x)))", ["echo $((1 + $(rm x)))", "rm x"]],
    ["echo ${A:-$(rm x)}", ["echo ${A:-$(rm x)}", "rm x"]],
    ["diff <(ls a) <(rm b)", ["diff <(ls a) <(rm b)", "ls a", "rm b"]],
    ["a=$(rm x)", ["rm x"]],
    ["export A=$(rm x)", ["rm x"]],
    ["cat <<EOF\n$(rm x)\nEOF", ["cat <<EOF\n$(rm x)\nEOF", "rm x"]],
    ["cat <<'EOF'\n$(rm x)\nEOF", ["cat <<'EOF'\n$(rm x)\nEOF"]],
    ["wc <<< $(rm x)", ["wc <<< $(rm x)", "rm x"]],
    ["if true; then rm x; else ls; fi", ["true", "rm x", "ls"]],
    ["for i in $(ls); do rm $i; done", ["ls", "rm $i"]],
    ["case $x in a) rm b;; esac", ["rm b"]],
    ["f() { rm x; }; f", ["rm x", "f"]],
    ["(rm x) & { rm y; }", ["rm x", "rm y"]],
    ["! rm x", ["rm x"]],
    ["ls\nrm x # not\nls y", ["ls", "rm x", "ls y"]],
    ["> file", ["> file"]],
    ["cd src", []],
    ["cd src && ls", ["ls"]],
    ["cd $(rm x)", ["rm x"]],
    ["", []],
    ["# nothing", []],
    ["A=1 B=2 rm x", ["A=1 B=2 rm x", "rm x"]],
    ["'rm' -rf x", ["'rm' -rf x", "rm -rf x"]],
    ['r"m" x', ['r"m" x', "rm x"]],
    ["\\rm x", ["\\rm x", "rm x"]],
    ["r\\\nm x", ["r\\\nm x", "r m x", "rm x"]],
    ["echo a \\\\\nrm x", ["echo a \\\\", "rm x"]],
    ["git log \\\n  -1", ["git log \\\n  -1", "git log -1"]],
    ["rm  -f\tx", ["rm  -f\tx", "rm -f x"]],
    [">y rm -f x", [">y rm -f x", "rm -f x"]],
    ["rm x > y", ["rm x > y"]],
    ["$'r\\x6d' x", ["$'r\\x6d' x", "rm x"]],
    ["$'\\162\\u006d' x", ["$'\\162\\u006d' x", "rm x"]],
    ['$"rm" x', ['$"rm" x', "rm x"]],
    ["env -i A=$B rm x", ["env -i A=$B rm x", "rm x"]],
    ["cat <<EOF\n`rm x`\nEOF", ["cat <<EOF\n`rm x`\nEOF", "rm x"]],
    ["cat <<'EOF'\n`rm x`\nEOF", ["cat <<'EOF'\n`rm x`\nEOF"]],
    ["cd . > a.txt", ["cd . > a.txt"]],
    ["cd . > $X", ["cd . > $X"]],
    ["cd . 2>/dev/null >&2", []],
    ["ls # a \\\nrm x", ["ls", "rm x"]],
    ['bash -c "rm x && ls"', ['bash -c "rm x && ls"', "rm x", "ls"]],
    ["sh -ec 'rm x'", ["sh -ec 'rm x'", "rm x"]],
    ['bash -c "rm $X"', ['bash -c "rm $X"', "rm $X"]],
    ["bash -c \"eval 'rm x'\"", ["bash -c \"eval 'rm x'\"", "eval 'rm x'", "rm x"]],
    ["eval rm x", ["eval rm x", "rm x"]],
    ["sudo -u root rm x", ["sudo -u root rm x", "rm x"]],
    ["env A=1 -i rm x", ["env A=1 -i rm x", "rm x"]],
    ["timeout -s KILL 5 rm x", ["timeout -s KILL 5 rm x", "rm x"]],
    ["time nohup nice -n 5 rm x", ["time nohup nice -n 5 rm x", "nohup nice -n 5 rm x", "nice -n 5 rm x", "rm x"]],
    ["ls | xargs -n 1 rm -f", ["ls", "xargs -n 1 rm -f", "rm -f"]],
    ["find . -name x -exec rm {} \\; -ok cat {} +", ["find . -name x -exec rm {} \\; -ok cat {} +", "rm {}", "cat {}"]],
    ["find . -name x", ["find . -name x"]],
    ["echo 'open", ["echo", "echo 'open"]],
    ["rm x &&", ["rm x", "rm x &&"]],
  ])("%j asks for %j", async (command, patterns) => {
    expect(new Set((await needsOf(command)).patterns)).toEqual(new Set(patterns))
  })

  test("a very long program is asked for as a whole", async () => {
    const command = `echo ${"x ".repeat(40_000)}`
    expect((await needsOf(command)).patterns).toEqual([command.trim()])
  })

  test.each(["ls", "git status -b", "cat a/b.txt  c", "npm run build:all", "echo a,b @c %d +e", "tar --file=x -C y"])(
    "%j means the same with and without the grammar",
    async (command) => {
      expect(parsePlain(command)).toEqual(await parseTree(command, {}))
    },
  )
  test.each([
    "A=1 ls",
    "if x",
    "ls *",
    "ls ~",
    "a;b",
    "a\nb",
    "a|b",
    "$a",
    "a>b",
    "a&",
    "{ a",
    "! a",
    "'a'",
    "a #b",
    "[ a",
  ])("%j needs the grammar", (command) => expect(parsePlain(command)).toBeUndefined())
})

test.each<[string, string[]]>([
  ["ls -la", ["ls *"]],
  ["git status --short", ["git status *"]],
  ["git", ["git *"]],
  ["git remote add x", ["git remote add *"]],
  ["git -C x status", ["git -C x status"]],
  ["npm run build", ["npm run build *"]],
  ["npm test -- x", ["npm test *"]],
  ["docker compose up -d", ["docker compose up *"]],
  ["python -m pytest x", ["python -m pytest *"]],
  ["echo $(ls)", ["echo *", "ls *"]],
  ["$CMD x", ["$CMD x"]],
  ["git $X", ["git $X"]],
  ["A=1 npm test x", ["A=1 npm test *"]],
  ["sudo rm x", ["sudo rm x", "rm *"]],
  ["bash -c 'rm x'", ["bash -c 'rm x'", "rm *"]],
])("always for %j means %j", async (command, always) => {
  expect((await needsOf(command)).always).toEqual(always)
})

describe("directories", () => {
  test.each<[string, string[]]>([
    ["cat a.txt", []],
    ["cat /etc/hosts", ["/etc"]],
    ["/bin/cat /etc/hosts", ["/etc"]],
    ["cat -- '/etc/hosts'", ["/etc"]],
    ["cd /etc", ["/etc"]],
    ["cd ..", ["ROOT"]],
    ["ls && rm -rf ../x", ["ROOT"]],
    ["rm -rf src/../../x", ["ROOT"]],
    ['touch ~/x $HOME/y "$HOME"/z ${HOME}/w', ["HOME"]],
    ['cat "$PWD/a"', []],
    ["cp -t/x --target-directory=/etc a", ["/etc"]],
    ["dd if=/dev/zero of=/etc/x", ["/etc"]],
    ["echo a > /etc/x", ["/etc"]],
    ["echo a >> ~/.bashrc", ["HOME"]],
    ["cat < /etc/passwd", ["/etc"]],
    ["cat <<EOF > /etc/x\na\nEOF", ["/etc"]],
    ["echo a > /dev/null 2>&1", []],
    ["head -c 10 /dev/zero", []],
    ["echo /etc/passwd", []],
    ["sudo cat /etc/shadow", ["/etc"]],
    ["bash -c 'cat /etc/shadow'", ["/etc"]],
    ["cat $(echo /etc/shadow)", []],
    ["cat ~root/x", ["/root"]],
    ["cat ~nobody-of-this-name/x", []],
    ["cat inside", ["HOME/secret"]],
    ["cat inside/x", ["HOME/secret"]],
  ])("%j leads to %j", async (command, directories) => {
    await using it = await testInstance()
    const { directory, app } = it.instance
    const root = join(directory, "..")
    await mkdir(join(app.paths.home, "secret"), { recursive: true })
    await symlink(join(app.paths.home, "secret"), join(directory, "inside"))
    const named = (name: string) => name.replace("HOME", app.paths.home).replace("ROOT", root)
    expect((await shellNeeds(it.instance, command, directory)).directories).toEqual(directories.map(named))
  })

  test("the working directory is one of them", async () => {
    await using it = await testInstance()
    expect((await shellNeeds(it.instance, "pwd", "/etc")).directories).toEqual(["/etc"])
  })
})
