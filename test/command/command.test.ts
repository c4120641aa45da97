import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { getCommand, listCommands } from "../../src/command/command"
import { expandCommand } from "../../src/command/expand"
import { testProject } from "../helper/project"

describe("listCommands", () => {
  test("has the built-in ones, those of the configuration, then the skills", async () => {
    await using it = await testProject({
      files: {
        "opencode.json": JSON.stringify({
          command: { shelly: { template: "Look: !`pwd` $ARGUMENTS", description: "Looks" } },
        }),
        ".opencode/command/greet.md":
          "---\ndescription: Greets\nagent: plan\nmodel: a/b\nsubtask: true\n---\n$2 and $1 and $10 $ARGUMENTS $1\n",
        ".opencode/skill/demo/SKILL.md": "---\nname: demo\ndescription: Demo\n---\nBody $1\n",
      },
    })
    const [init, review, ...rest] = await listCommands(it.instance)
    const text = expect.any(String)
    expect(init).toEqual({
      name: "init",
      description: "write an AGENTS.md for this project",
      source: "command",
      template: text,
      hints: ["$ARGUMENTS"],
    })
    expect(review).toEqual({
      name: "review",
      description: "review what has changed: a commit, a branch, a pull request, or what is not committed yet",
      source: "command",
      template: text,
      subtask: true,
      hints: ["$ARGUMENTS"],
    })
    expect(rest).toEqual([
      {
        name: "shelly",
        description: "Looks",
        source: "command",
        template: "Look: !`pwd` $ARGUMENTS",
        hints: ["$ARGUMENTS"],
      },
      {
        name: "greet",
        description: "Greets",
        agent: "plan",
        model: "a/b",
        subtask: true,
        source: "command",
        template: "$2 and $1 and $10 $ARGUMENTS $1",
        hints: ["$1", "$2", "$10", "$ARGUMENTS"],
      },
      { name: "customize-opencode", description: text, source: "skill", template: text, hints: [] },
      { name: "demo", description: "Demo", source: "skill", template: "Body $1\n", hints: [] },
    ])
  })

  test("an unknown one is told with the names there are", async () => {
    await using it = await testProject()
    await expect(getCommand(it.instance, "x")).rejects.toMatchObject({
      status: 404,
      message: 'Command not found: "x". Available commands: init, review, customize-opencode',
    })
  })
})

describe("expandCommand", () => {
  const command = (template: string, source: "command" | "skill" = "command") => ({
    template,
    source,
    hints: template.match(/\$(\d+|ARGUMENTS)/g) ?? [],
  })
  const greet = "Greet $ARGUMENTS now. First: $1. Second: $2. Rest: $3\n"

  test.each([
    [
      "words, the last number takes the rest",
      greet,
      "Ann Bob Cid Dan",
      "Greet Ann Bob Cid Dan now. First: Ann. Second: Bob. Rest: Cid Dan",
    ],
    [
      "quotes",
      greet,
      "\"Ann Bee\" 'Bob Cee'",
      "Greet \"Ann Bee\" 'Bob Cee' now. First: Ann Bee. Second: Bob Cee. Rest:",
    ],
    ["places of images", "A $1 B $2", "[Image 1] is [Image 2]", "A [Image 1] B is [Image 2]"],
    ["nothing", greet, "", "Greet  now. First: . Second: . Rest:"],
    ["no placeholder", "Nested.", "extra words", "Nested.\n\nextra words"],
    ["no placeholder, no arguments", "Nested.", "  ", "Nested."],
    ["placeholders inside of arguments", "A $1 B $2", "$2 x", "A $2 B x"],
  ])("%s", async (_, template, text, expected) => {
    await using it = await testProject()
    expect(await expandCommand(it.instance, command(template), text)).toEqual({
      text: expected,
      fileParts: [],
      agentParts: [],
    })
  })

  test("runs the shell commands of the template, never those of the arguments", async () => {
    await using it = await testProject({
      files: { "a.txt": "" },
      env: { OPENCODE_SERVER_PASSWORD: "hidden", GREETING: "hello" },
    })
    const template = [
      "A !`ls; echo $GREETING $OPENCODE_SERVER_PASSWORD`",
      "B !`echo out; echo err >&2; exit 4`",
      `C !\`echo "[$1] [$2]"; echo x y | awk '{print $1}'; echo $ARGUMENTS\``,
      "D $ARGUMENTS",
    ].join(" ")
    const text = "$(touch evil) !`touch evil` ;touch evil"
    expect((await expandCommand(it.instance, command(template), text)).text).toBe(
      "A a.txt\nhello\n B out\n C [$(touch] [evil) !`touch evil` ;touch evil]\nx\n$(touch evil) !`touch evil` ;touch evil\n D " +
        text,
    )
    expect(await Bun.file(join(it.project, "evil")).exists()).toBe(false)
  })

  test("gives up when the run is aborted", async () => {
    await using it = await testProject()
    const abort = new AbortController()
    const expanding = expandCommand(it.instance, command("!`sleep 30`"), "", { signal: abort.signal })
    abort.abort(new Error("enough"))
    await expect(expanding).rejects.toThrow("enough")
  })

  test("finds files, directories and agents that are mentioned, each once", async () => {
    await using it = await testProject({
      directory: "sub",
      homeFiles: { "notes.md": "" },
      files: { "a.txt": "", "sub/b.png": "", "sub/dir/c": "" },
    })
    const text =
      "See @a.txt, @b.png and (@dir). Not @nope.txt or me@a.txt; @~/notes.md @general, @general `@a.txt` @@json:[1] @explorer"
    expect(await expandCommand(it.instance, command(text), "", { agents: ["general"] })).toEqual({
      text,
      fileParts: [
        { type: "file", mime: "text/plain", filename: "a.txt", url: pathToFileURL(join(it.project, "a.txt")).href },
        { type: "file", mime: "image/png", filename: "b.png", url: pathToFileURL(join(it.project, "sub/b.png")).href },
        {
          type: "file",
          mime: "application/x-directory",
          filename: "dir",
          url: pathToFileURL(join(it.project, "sub/dir")).href,
        },
        {
          type: "file",
          mime: "text/plain",
          filename: "~/notes.md",
          url: pathToFileURL(join(it.home, "notes.md")).href,
        },
      ],
      agentParts: [{ type: "agent", name: "general" }],
    })
  })

  test("takes the text of a skill as it is", async () => {
    await using it = await testProject({ files: { "a.txt": "" } })
    expect(await expandCommand(it.instance, command("Run !`touch evil` $1 @a.txt", "skill"), "now")).toEqual({
      text: "Run !`touch evil` $1 @a.txt\n\nnow",
      fileParts: [],
      agentParts: [],
    })
    expect(await Bun.file(join(it.project, "evil")).exists()).toBe(false)
  })
})
