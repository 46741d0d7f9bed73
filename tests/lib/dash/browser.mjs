// browser.mjs - Debian's Chromium, driven by playwright-core of npm, for tests of pages.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

// The browser, to be closed; null, and said why, where one of the two is missing.
export async function open_browser(npm) {
    const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
    let chromium;
    try {
        ({chromium} = createRequire(resolve(npm, 'x'))('playwright-core'));
    } catch {
        console.log(`pages are not looked at: playwright-core is not in ${npm}`);
        return null;
    }
    if (!executablePath) {
        console.log('pages are not looked at: there is no /usr/bin/chromium');
        return null;
    }
    return chromium.launch({executablePath, headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
        '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']});
}
