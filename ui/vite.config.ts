// How the window is built: one page, no remote content, old enough for WebKitGTK.
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** React Aria brings its hidden labels in 34 languages. The window hands over its own three
 * (`src/i18n/aria.ts`), so the others are left out; English stays as the library's last resort. */
function onlyOurLanguages(): Plugin {
  const intl =
    /[\\/]react-(aria|stately|aria-components)[\\/]dist[\\/]private[\\/]intl[\\/].*[a-z]{2}-[A-Z]{2}\.mjs$/;
  return {
    name: 'only-our-languages',
    enforce: 'pre',
    load: {
      filter: { id: intl },
      handler: (id) => (id.endsWith('en-US.mjs') ? null : 'export default undefined;'),
    },
  };
}

// `npm run dev` asks a running `esik-cli serve --listen 127.0.0.1:4599`; open the page with its
// `#token=…`.
const core = 'http://127.0.0.1:4599';

export default defineConfig({
  plugins: [onlyOurLanguages(), react()],
  base: './',
  build: {
    target: 'safari16',
    outDir: 'dist',
    emptyOutDir: true,
    // Fonts and pictures stay files of their own.
    assetsInlineLimit: 0,
  },
  server: { port: 5173, strictPort: true, proxy: { '/rpc': core, '/events': core } },
  test: {
    environment: 'jsdom',
    setupFiles: ['test/setup.ts'],
    // A machine that builds Rust beside it is slow; no test waits for time itself.
    testTimeout: 60_000,
    include: ['test/**/*.test.{ts,tsx}', 'src/**/*.test.{ts,tsx}'],
  },
});
