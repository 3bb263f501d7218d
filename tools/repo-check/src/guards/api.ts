import path from 'node:path';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import {
  Extractor,
  ExtractorConfig,
  ExtractorLogLevel,
  type ExtractorMessage,
} from '@microsoft/api-extractor';
import type { Findings, Guard } from '../guard.ts';
import { listPackages, type Repo, type WorkspacePackage } from '../repo.ts';
import { runCommand } from '../run-command.ts';

function configOf(repo: Repo, found: WorkspacePackage, tempFolder: string): ExtractorConfig {
  const projectFolder = path.join(repo.root, found.folder);
  const base = ExtractorConfig.loadFile(path.join(repo.root, 'api-extractor.json'));
  return ExtractorConfig.prepare({
    configObject: {
      ...base,
      projectFolder,
      apiReport: { ...base.apiReport, enabled: true, reportTempFolder: tempFolder },
    },
    configObjectFullPath: path.join(projectFolder, 'api-extractor.json'),
    packageJsonFullPath: path.join(projectFolder, 'package.json'),
  });
}

function reportOf(found: WorkspacePackage): string {
  return `${found.manifest.name.replace('@tksm/', '')}.api.md`;
}

// Enough to see what changed; a new package would print its whole report.
const maxDifferenceLines = 60;

async function differenceOf(repo: Repo, found: WorkspacePackage, tempFolder: string): Promise<Findings> {
  const report = `${found.folder}/etc/${reportOf(found)}`;
  const advice = 'run `pnpm api:update`, then review the difference';
  const committed = path.join(repo.root, report);
  if (!existsSync(committed)) return `${report} is missing: ${advice}`;
  const args = ['diff', '--no-index', '--no-color', '--', committed, path.join(tempFolder, reportOf(found))];
  const { stdout } = await runCommand('git', args, { cwd: repo.root });
  // The four heading lines name temporary files.
  const lines = stdout.split('\n').slice(4, 4 + maxDifferenceLines);
  return [`${report} is out of date: ${advice}`, ...lines].join('\n');
}

async function examine(
  repo: Repo,
  found: WorkspacePackage,
  tempFolder: string,
  update: boolean,
): Promise<Findings> {
  const entry = path.join(repo.root, found.folder, 'dist/index.d.ts');
  if (!existsSync(entry)) return `${found.folder}: dist/index.d.ts is missing, so there is no report`;
  // The extractor does not make the folder of a first report.
  if (update) await mkdir(path.join(repo.root, found.folder, 'etc'), { recursive: true });
  const messages: string[] = [];
  const result = Extractor.invoke(configOf(repo, found, tempFolder), {
    localBuild: update,
    messageCallback(message: ExtractorMessage) {
      // Failures are returned as findings; the tool's own console output would break the one-line results.
      message.handled = true;
      if (message.logLevel === ExtractorLogLevel.Error) messages.push(`${found.folder}: ${message.text}`);
    },
  });
  if (result.apiReportChanged && !update) messages.push(await differenceOf(repo, found, tempFolder));
  return messages.join('\n');
}

async function examineAll(repo: Repo, update: boolean): Promise<Findings> {
  const tempFolder = await mkdtemp(path.join(tmpdir(), 'tksm-api-'));
  const findings: Findings[] = [];
  try {
    const packages = await listPackages(repo.root);
    for (const found of packages.filter(({ manifest }) => !manifest.private))
      findings.push(await examine(repo, found, tempFolder, update));
  } finally {
    await rm(tempFolder, { recursive: true });
  }
  return findings.filter((finding) => finding !== '').join('\n');
}

export const api: Guard = {
  name: 'api',
  needsBuild: true,
  check: (repo) => examineAll(repo, false),
  fix: (repo) => examineAll(repo, true),
};
