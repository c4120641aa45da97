/** Programs whose first argument says what they do: `git status` is another thing than `git push`. */
const TWO_WORDS = new Set(
  [
    "git jj hg svn gh glab",
    "npm pnpm yarn bun deno npx pip pip3 pipx uv poetry conda gem bundle composer nuget dotnet",
    "cargo rustup go gradle mvn mix rake rails make just task bazel",
    "docker podman kubectl helm minikube kind terraform tofu pulumi vagrant ansible vault consul nomad packer",
    "aws gcloud az doctl heroku fly flyctl vercel netlify wrangler firebase supabase railway",
    "apt apt-get brew dnf yum pacman apk snap flatpak port choco scoop winget nix",
    "systemctl service launchctl journalctl ip nmcli ufw tmux screen",
    "python python3 node ruby php psql sqlite3 mysql redis-cli openssl ssh-keygen",
  ]
    .join(" ")
    .split(" "),
)

/** Pairs whose second word is still only a group. */
const THREE_WORDS = new Set([
  ...pairs("npm pnpm yarn", "run exec dlx config workspace"),
  ...pairs("bun", "run x pm"),
  ...pairs("deno", "task"),
  ...pairs("git", "remote stash worktree submodule config bisect notes"),
  ...pairs("gh", "pr issue repo run release workflow gist auth api"),
  ...pairs("glab", "mr issue repo ci release"),
  ...pairs("docker podman", "compose container image network volume system buildx builder context"),
  ...pairs("kubectl", "config rollout auth"),
  ...pairs("helm", "repo plugin"),
  ...pairs("terraform tofu", "workspace state providers"),
  ...pairs("vault", "kv auth secrets policy token"),
  ...pairs("consul", "kv"),
  ...pairs("pulumi", "stack config"),
  ...pairs("aws", "s3 ec2 iam lambda ecs eks rds logs sts ssm cloudformation dynamodb"),
  ...pairs("gcloud", "compute container functions run projects iam config auth"),
  ...pairs("az", "vm aks webapp group account storage"),
  ...pairs("uv", "pip tool python"),
  ...pairs("cargo", "install"),
  ...pairs("go", "mod work tool"),
  ...pairs("dotnet", "add tool nuget"),
  ...pairs("ip", "addr link route"),
  ...pairs("nix", "flake profile store"),
  ...pairs("python python3", "-m"),
])

/** How many leading words say what a command does; "always" allows those with anything behind them. */
export function significantWords(words: readonly string[]): number {
  const [name = "", first = ""] = words
  if (THREE_WORDS.has(`${name} ${first}`)) return 3
  return TWO_WORDS.has(name) ? 2 : 1
}

function pairs(names: string, seconds: string) {
  return names.split(" ").flatMap((name) => seconds.split(" ").map((second) => `${name} ${second}`))
}
