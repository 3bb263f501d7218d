import { dirname, resolve } from 'node:path';
import { KernelError } from '@tksm/abstractions';
import type { Value } from '@tksm/abstractions';
import type { Configuration, Origin, Setting, Settings } from './configuration.ts';
import { originText } from './configuration.ts';
import { parseConfigurationFile } from './configuration-file.ts';
import { declaredKey } from './environment-keys.ts';
import { findProjectFile, projectFiles, readTextFile, userFile } from './find-files.ts';
import type { ReadFile } from './find-files.ts';
import { ENVIRONMENT_FLAG, ENVIRONMENT_VARIABLE, SETTING_RULES } from './setting-rules.ts';
import type { SettingRule } from './setting-rules.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Flags as the command line has them, by the setting's name. */
export type SettingFlags = { readonly [Name in keyof Settings]?: string | undefined } & {
  /** `KEY` or `variable=KEY`. */
  readonly environment?: readonly string[] | undefined;
};

export interface ConfigurationSources {
  readonly flags?: SettingFlags;
  /** Only `TKSM_*` variables of known settings and `XDG_CONFIG_HOME` are read; an empty one counts for nothing. */
  readonly env: Environment;
  readonly cwd: string;
  readonly home: string;
  /** Default: the disk. */
  readonly readFile?: ReadFile;
}

/** One layer: where it comes from, the folder its paths are relative to, and what it says. */
interface Layer {
  readonly origin: (setting: { readonly flag: string; readonly variable: string }) => Origin;
  readonly folder: string;
  readonly settings: { readonly [Name in keyof Settings]?: Settings[Name] | undefined };
  readonly environment: ReadonlyMap<string, string>;
  readonly vars: ReadonlyMap<string, Value>;
}

const SETTING_NAMES = Object.freeze(Object.keys(SETTING_RULES)) as readonly (keyof Settings)[];
const DECLARATION = Object.freeze({ flag: ENVIRONMENT_FLAG, variable: ENVIRONMENT_VARIABLE });

/**
 * Reads the configuration: flags, then `TKSM_*` variables, then the nearest `tksm.config.json` from `cwd` upwards, then
 * the user's file, then defaults. The first that has a value gives it; declared keys and variables are merged by name.
 *
 * @throws KernelError `InvalidInput` with `data.source` (flag, variable or file) and `data.field`; `FileUnreadable`
 */
export async function loadConfiguration(sources: ConfigurationSources): Promise<Configuration> {
  const { flags = {}, env, cwd, home, readFile = readTextFile } = sources;
  const userPath = userFile(home, env['XDG_CONFIG_HOME']);
  const project = await findProjectFile(cwd, readFile);
  const userText = await readFile(userPath);
  const declared = env[ENVIRONMENT_VARIABLE]?.split(',').map((item) => item.trim());
  const layers = [
    textLayer(cwd, 'flag', (name) => flags[name], flags.environment),
    textLayer(cwd, 'environment', (name) => env[SETTING_RULES[name].variable] || undefined, declared),
    ...(project === undefined ? [] : [await fileLayer('project', project.path, project.text)]),
    ...(userText === undefined ? [] : [await fileLayer('user', userPath, userText)]),
  ];
  const base = project === undefined ? resolve(cwd) : dirname(project.path);
  return Object.freeze({
    settings: Object.freeze({
      dataDir: dataDirOf(layers, base),
      concurrency: strongest(layers, 'concurrency'),
      labels: strongest(layers, 'labels'),
      logLevel: strongest(layers, 'logLevel'),
      drainGraceMs: strongest(layers, 'drainGraceMs'),
      snapshotEveryEvents: strongest(layers, 'snapshotEveryEvents'),
      retentionKeep: strongest(layers, 'retentionKeep'),
      retentionKeepMs: strongest(layers, 'retentionKeepMs'),
      retentionKeepAtMost: strongest(layers, 'retentionKeepAtMost'),
      retentionWindowMs: strongest(layers, 'retentionWindowMs'),
      retentionWindowIds: strongest(layers, 'retentionWindowIds'),
      eventLeaves: strongest(layers, 'eventLeaves'),
      families: strongest(layers, 'families'),
      trustPolicy: fileOf(layers, 'trustPolicy'),
    }),
    environment: merged(layers, (layer) => layer.environment),
    vars: merged(layers, (layer) => layer.vars),
    files: [project?.path, userText === undefined ? undefined : userPath].filter(
      (path) => path !== undefined,
    ),
    places: [...projectFiles(cwd), userPath],
  });
}

function textLayer(
  folder: string,
  layer: 'flag' | 'environment',
  textOf: (name: keyof Settings) => string | undefined,
  declarations: readonly string[] = [],
): Layer {
  const origin: Layer['origin'] = (names) => ({
    layer,
    name: layer === 'flag' ? names.flag : names.variable,
  });
  const settings: Partial<Record<keyof Settings, Settings[keyof Settings]>> = {};
  for (const name of SETTING_NAMES) {
    const text = textOf(name);
    if (text !== undefined) settings[name] = parsed(text, name, originText(origin(SETTING_RULES[name])));
  }
  const source = originText(origin(DECLARATION));
  const environment = declarations.filter((item) => item !== '').map((item) => declaredKey(item, source));
  return {
    origin,
    folder: resolve(folder),
    settings: settings as Layer['settings'],
    environment: new Map(environment),
    vars: new Map(),
  };
}

function parsed(text: string, field: keyof Settings, source: string): Settings[keyof Settings] {
  const { parse, expects }: SettingRule<Settings[keyof Settings]> = SETTING_RULES[field];
  const value = parse(text);
  if (value !== undefined) return value;
  const message = `${source}: ${field} must be ${expects}, not ${JSON.stringify(text.slice(0, 100))}`;
  throw new KernelError('InvalidInput', message, { data: { source, field } });
}

async function fileLayer(layer: 'project' | 'user', file: string, text: string): Promise<Layer> {
  const said = await parseConfigurationFile(text, file);
  return { ...said, origin: () => ({ layer, file }), folder: dirname(file) };
}

function strongest<Name extends keyof Settings>(
  layers: readonly Layer[],
  name: Name,
): Setting<Settings[Name]> {
  for (const { settings, origin } of layers) {
    const value: Settings[Name] | undefined = settings[name];
    if (value !== undefined) return { value, origin: origin(SETTING_RULES[name]) };
  }
  return { value: SETTING_RULES[name].fallback, origin: { layer: 'default' } };
}

/** A relative folder counts from where it is written; the default lies beside the project file. */
function dataDirOf(layers: readonly Layer[], base: string): Setting<string> {
  const { value, origin } = strongest(layers, 'dataDir');
  const folder = layers.find(({ settings }) => settings.dataDir !== undefined)?.folder ?? base;
  return { value: resolve(folder, value), origin };
}

/** A file, relative to where its name stands; nothing stays nothing. */
function fileOf(layers: readonly Layer[], name: 'trustPolicy'): Setting<string> {
  const { value, origin } = strongest(layers, name);
  const folder = layers.find(({ settings }) => settings[name] !== undefined)?.folder ?? '';
  return { value: value === '' ? '' : resolve(folder, value), origin };
}

function merged<T>(
  layers: readonly Layer[],
  valuesOf: (layer: Layer) => ReadonlyMap<string, T>,
): ReadonlyMap<string, Setting<T>> {
  const all = new Map<string, Setting<T>>();
  for (const layer of layers.toReversed()) {
    for (const [name, value] of valuesOf(layer)) all.set(name, { value, origin: layer.origin(DECLARATION) });
  }
  return all;
}
