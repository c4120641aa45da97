import { userInfo } from "node:os"
import { join, resolve } from "node:path"
import type { App } from "../instance/app"
import type { Instance } from "../instance/instance"
import { appState, instanceState } from "../instance/state"
import type { Config } from "../schema/config"
import { findConfigDirectories, isOn, managedDirectory, projectDirectories, usesProjectConfig } from "./directories"
import { loadConfigFile, parseConfig } from "./load-file"
import { loadMarkdownConfig } from "./markdown-config"
import { mergeConfigs } from "./merge"

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

/** The generation of the files, counted up by each change through this server, and the user's own ones as loaded since. */
const files = appState((): { generation: number; global?: Promise<Config> } => ({ generation: 0 }))
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

/** Makes every instance load its configuration again on next use. Answers those that had loaded the former one. */
export async function forgetConfigs(app: App): Promise<Instance[]> {
  const state = files(app)
  const generation = state.generation++
  delete state.global
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

async function loadGlobal(app: App): Promise<Config> {
  const configs = await Promise.all(globalConfigFiles(app).map((path) => loadConfigFile(app, path)))
  return mergeConfigs([{ $schema: SCHEMA }, ...present(configs)])
}

async function loadAll(instance: Instance, withProject = usesProjectConfig(instance.app)): Promise<Loaded> {
  const { app, directory } = instance
  const directories = await findConfigDirectories(instance, withProject)
  const project = withProject ? projectDirectories(instance) : []
  const configs = await Promise.all([
    getGlobalConfig(app),
    loadNamed(app),
    ...project.flatMap(projectConfigFiles).map((path) => loadConfigFile(app, path)),
    ...directories.flatMap((each) => [
      // Those of the user's own directory are the global configuration.
      ...(each === app.paths.config ? [] : projectConfigFiles(each)).map((path) => loadConfigFile(app, path)),
      loadMarkdownConfig(each),
    ]),
    loadVariable(app, "OPENCODE_CONFIG_CONTENT", directory),
    ...projectConfigFiles(managedDirectory(process.platform, app.env)).map((path) => loadConfigFile(app, path)),
    loadPermission(app, directory),
  ])
  return { directories, config: withDefaults(app, mergeConfigs(present(configs))) }
}

async function loadNamed(app: App): Promise<Config | undefined> {
  if (!app.env.OPENCODE_CONFIG) return undefined
  const path = resolve(app.directory, app.env.OPENCODE_CONFIG)
  const config = await loadConfigFile(app, path)
  if (!config) app.log.warn("The file that OPENCODE_CONFIG names does not exist", { path })
  return config
}

async function loadVariable(app: App, name: string, directory: string): Promise<Config | undefined> {
  const text = app.env[name]
  return text ? parseConfig(app, text, name, directory) : undefined
}

async function loadPermission(app: App, directory: string): Promise<Config | undefined> {
  const text = app.env.OPENCODE_PERMISSION
  return text ? parseConfig(app, `{"permission":${text}\n}`, "OPENCODE_PERMISSION", directory) : undefined
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
