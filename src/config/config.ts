import { userInfo } from "node:os"
import { join, resolve } from "node:path"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { appState, instanceState } from "../instance/state"
import type { Config } from "../schema/config"
import { findConfigDirectories, isOn, managedDirectory, projectDirectories, usesProjectConfig } from "./directories"
import { type Insertions, loadConfigFile, parseConfig } from "./load-file"
import { loadMarkdownConfig } from "./markdown-config"
import { mergeConfigs } from "./merge"
import { loadRemoteConfigs, type RemoteConfigs } from "./remote"
import { listWellKnown, type WellKnownEntry } from "./well-known"

const SCHEMA = "https://opencode.ai/config.json"
const FILES = ["opencode.json", "opencode.jsonc"]

interface Loaded {
  config: Config
  directories: string[]
}

/** What an instance has loaded, and of which generation of the files it is. */
interface Cell {
  generation: number
  loading?: Promise<Loaded>
}

/** The generation of the files, counted up by each change through this server, and what all directories share since. */
interface Files {
  generation: number
  global?: Promise<Config>
  wellKnown?: Promise<WellKnownEntry[]>
  remote?: Promise<RemoteConfigs>
}

const files = appState((): Files => ({ generation: 0 }))
const cells = instanceState((): Cell => ({ generation: -1 }))

/**
 * The configuration of a directory: all sources merged, defaults filled in. Loaded on first use and again after a change
 * through this server; between changes the same object is answered. Throws `ConfigJsonError`, `ConfigInvalidError` (400).
 */
export const getConfig = async (instance: Instance): Promise<Config> => (await load(instance)).config

/** The existing configuration directories, in the order in which later ones win: for agents, commands, skills, tools. */
export const configDirectories = async (instance: Instance): Promise<string[]> => (await load(instance)).directories

/**
 * State that follows from the configuration: made on first use, and anew after the configuration has changed. A promise
 * that rejects is forgotten, so that the next use tries again.
 */
export function configState<S>(make: (instance: Instance, config: Config) => Promise<S>) {
  const known = new WeakMap<Config, Promise<S>>()
  return async (instance: Instance): Promise<S> => {
    const config = await getConfig(instance)
    const state = known.get(config) ?? make(instance, config)
    known.set(config, state)
    state.catch(() => known.delete(config))
    return state
  }
}

/**
 * The configuration without what the files of the project say, for decisions that a checkout must not make: the user's
 * own, what the environment names, the administrator's.
 */
export const getUserConfig = configState(async (instance) => (await loadAll(instance, false)).config)

/** The user's own configuration, the same for all directories, without the defaults of an instance. */
export function getGlobalConfig(app: App): Promise<Config> {
  const state = files(app)
  if (state.global) return state.global
  const loading = loadGlobal(app)
  state.global = loading
  loading.catch(() => {
    if (state.global === loading) delete state.global
  })
  return loading
}

/** What is fetched of the configuration: once, until `forgetConfigs`. Never rejects. */
export function getRemoteConfigs(app: App): Promise<RemoteConfigs> {
  const state = files(app)
  state.remote ??= insertionsOf(app).then(async ({ env }) => loadRemoteConfigs(app, await wellKnownOf(app), env))
  return state.remote
}

/** Makes every instance load its configuration again on next use. Answers those that had loaded the former one. */
export async function forgetConfigs(app: App): Promise<Instance[]> {
  const state = files(app)
  const generation = state.generation++
  delete state.global
  delete state.wellKnown
  delete state.remote
  const open = await Promise.allSettled(app.instances.values())
  return open
    .flatMap((each) => (each.status === "fulfilled" && !each.value.signal.aborted ? [each.value] : []))
    .filter((instance) => cells(instance).loading && cells(instance).generation === generation)
}

/** The names of the user's own files, in the order in which later ones win. */
export const globalConfigFiles = (app: App) => ["config.json", ...FILES].map((name) => join(app.paths.config, name))

/** The configuration files that a directory of the project may hold, in the order in which later ones win. */
export const projectConfigFiles = (directory: string) => FILES.map((name) => join(directory, name))

function load(instance: Instance): Promise<Loaded> {
  const cell = cells(instance)
  const { generation } = files(instance.app)
  if (cell.loading && cell.generation === generation) return cell.loading
  const loading = loadAll(instance)
  Object.assign(cell, { generation, loading })
  loading.catch(() => {
    if (cell.loading === loading) delete cell.loading
  })
  return loading
}

function wellKnownOf(app: App): Promise<WellKnownEntry[]> {
  const state = files(app)
  state.wellKnown ??= listWellKnown(app)
  return state.wellKnown
}

/** The token of each login to an organization is there as a variable. */
async function insertionsOf(app: App): Promise<Insertions> {
  const tokens = (await wellKnownOf(app)).map(({ key, token }) => [key, token])
  return { paths: app.paths, env: { ...app.env, ...Object.fromEntries(tokens) } }
}

async function loadGlobal(app: App): Promise<Config> {
  const insertions = await insertionsOf(app)
  const configs = await Promise.all(globalConfigFiles(app).map((path) => loadConfigFile(insertions, path)))
  return mergeConfigs([{ $schema: SCHEMA }, ...present(configs)])
}

async function loadAll(instance: Instance, withProject = usesProjectConfig(instance.app)): Promise<Loaded> {
  const { app, directory } = instance
  const directories = await findConfigDirectories(instance, withProject)
  const project = withProject ? projectDirectories(instance) : []
  const insertions = await insertionsOf(app)
  const load = (path: string) => loadConfigFile(insertions, path)
  const [remote, files, last] = await Promise.all([
    getRemoteConfigs(app),
    Promise.all([
      getGlobalConfig(app),
      loadNamed(app, insertions),
      ...project.flatMap(projectConfigFiles).map(load),
      ...directories.flatMap((each) => [
        // Those of the user's own directory are the global configuration.
        ...(each === app.paths.config ? [] : projectConfigFiles(each)).map(load),
        loadMarkdownConfig(each),
      ]),
      loadVariable(app, insertions, directory),
    ]),
    Promise.all([
      ...projectConfigFiles(managedDirectory(process.platform, app.env)).map(load),
      loadPermission(app, insertions, directory),
    ]),
  ])
  const configs = present([...remote.wellKnown, ...files, remote.organization, ...last])
  return { directories, config: withDefaults(app, mergeConfigs(configs)) }
}

async function loadNamed(app: App, insertions: Insertions): Promise<Config | undefined> {
  if (!app.env.OPENCODE_CONFIG) return undefined
  const path = resolve(app.directory, app.env.OPENCODE_CONFIG)
  const config = await loadConfigFile(insertions, path)
  if (!config) app.log.warn("The file that OPENCODE_CONFIG names does not exist", { path })
  return config
}

async function loadVariable({ env }: App, insertions: Insertions, directory: string): Promise<Config | undefined> {
  const text = env.OPENCODE_CONFIG_CONTENT
  return text ? parseConfig(insertions, text, "OPENCODE_CONFIG_CONTENT", directory) : undefined
}

async function loadPermission({ env }: App, insertions: Insertions, directory: string): Promise<Config | undefined> {
  const text = env.OPENCODE_PERMISSION
  return text ? parseConfig(insertions, `{"permission":${text}\n}`, "OPENCODE_PERMISSION", directory) : undefined
}

function withDefaults(app: App, config: Config): Config {
  const compaction = {
    ...config.compaction,
    ...(isOn(app.env.OPENCODE_DISABLE_AUTOCOMPACT) && { auto: false }),
    ...(isOn(app.env.OPENCODE_DISABLE_PRUNE) && { prune: false }),
  }
  return {
    command: {},
    plugin: [],
    mode: {},
    agent: {},
    username: userInfo().username,
    ...config,
    ...(Object.keys(compaction).length > 0 && { compaction }),
  }
}

const present = (configs: (Config | undefined)[]) => configs.filter((config) => config !== undefined)
