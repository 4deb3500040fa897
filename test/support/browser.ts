/** A browser for the tests of pages: the machine's own Chromium, else the one that comes as a package, unpacked once into the project's cache. */
import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const project = join(import.meta.dirname, '../..');
const packageFolder = join(project, 'node_modules/@sparticuz/chromium');

const fontsFile = 'countersign-fonts.conf';
/** The package's own file looks for its fonts under /tmp, and without any a text has no width. */
const fontsOf = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>
`;

/** A headless browser; the caller closes it. Throws with the browser's own words when it cannot start. */
export async function launchBrowser(): Promise<Browser> {
  // Chromium leaves files in its temporary folder when it is stopped at the wrong moment: it has one of its own.
  const temporary = mkdtempSync(join(tmpdir(), 'browser-'));
  const remove = () => rmSync(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  try {
    const browser = await launchedWith({ ...process.env, TMPDIR: temporary });
    browser.once('disconnected', remove);
    return browser;
  } catch (error) {
    remove();
    throw error;
  }
}

async function launchedWith(env: NodeJS.ProcessEnv): Promise<Browser> {
  const executablePath = browserOnPath();
  if (executablePath !== undefined) return await chromium.launch({ executablePath, env });
  const folder = await unpacked();
  // The libraries that a machine without a desktop lacks (NSS above all) come with the package, as do fonts.
  const libraries = { LD_LIBRARY_PATH: join(folder, 'al2023/lib'), FONTCONFIG_FILE: join(folder, fontsFile) };
  return await chromium.launch({
    executablePath: join(folder, 'chromium'),
    env: { ...env, ...libraries },
    args: ['--no-zygote'],
  });
}

function browserOnPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const candidates = ['chromium', 'chromium-browser', 'google-chrome'].flatMap((name) =>
    folders.map((folder) => join(folder, name)),
  );
  return candidates.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** The folder with the package's browser. Whole or not there: it is unpacked beside its place and then renamed. */
async function unpacked(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const cache = join(project, '.cache');
  const folder = join(cache, `chromium-${version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const building = mkdtempSync(`${folder}.`);
  await unpackInto(building);
  writeFileSync(join(building, fontsFile), fontsOf(folder));
  try {
    renameSync(building, folder);
  } catch (error) {
    // Another test file was faster.
    rmSync(building, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** In a process of its own: the package unpacks into the temporary folder, and its libraries only where it takes itself to be on Lambda. */
async function unpackInto(folder: string): Promise<void> {
  const script = "await (await import('@sparticuz/chromium')).default.executablePath()";
  const env = { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { cwd: project, env });
}
