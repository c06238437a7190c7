import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

const CANDIDATES = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const executablePath = CANDIDATES.find((path) => path !== '' && existsSync(path));

/**
 * `describe` where there is a Chromium ($CHROMIUM, or Debian's). Elsewhere its tests are skipped with a line that cannot
 * be overlooked; under CI that is a failure.
 */
export function describeInBrowser(name: string, tests: () => void): void {
  if (executablePath !== undefined) {
    describe(name, tests);
    return;
  }
  const missing = 'NO CHROMIUM: set CHROMIUM, or install it (apt-get install chromium)';
  if (process.env['CI'] === 'true') test(`${name}: ${missing}`, () => expect(missing).toBe(''));
  else {
    process.stderr.write(`\n*** ${name} is skipped. ${missing} ***\n\n`);
    describe.skip(name, tests);
  }
}

export interface ReportPage {
  readonly page: Page;
  /** What the console said, and errors of the page: a policy that blocks something speaks up there. */
  readonly said: string[];
  /** Addresses that were asked for besides the file. */
  readonly asked: string[];
}

export interface View {
  readonly hash?: string;
  readonly dark?: boolean;
  readonly javaScript?: boolean;
  readonly width?: number;
}

/** One browser for all pages of a test file; `close` at its end. */
export class Chromium {
  #browser: Browser | null = null;

  async open(file: string, view: View = {}): Promise<ReportPage> {
    this.#browser ??= await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox'],
      timeout: 0,
    });
    const context = await this.#browser.newContext({
      viewport: { width: view.width ?? 1320, height: 950 },
      colorScheme: view.dark ? 'dark' : 'light',
      javaScriptEnabled: view.javaScript ?? true,
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    // jest ends what hangs; a slow machine is given the time it needs.
    context.setDefaultTimeout(0);
    const page = await context.newPage();
    const said: string[] = [];
    const asked: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', ({ message }) => said.push(message));
    page.on('dialog', (dialog) => {
      said.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) asked.push(request.url());
    });
    await page.goto(`file://${file}${view.hash ?? ''}`);
    return { page, said, asked };
  }

  async close(): Promise<void> {
    await this.#browser?.close();
  }
}
