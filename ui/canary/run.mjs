// Proves that the type check is alive: tsc must find both planted errors, and nothing else.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const run = spawnSync(process.execPath, [tsc, '-p', here, '--pretty', 'false'], {
  encoding: 'utf8',
});
const errors = run.stdout.split('\n').filter((line) => line.includes('error TS'));
const planted = errors.filter((line) => line.includes('planted.ts'));
const others = errors.filter((line) => !line.includes('planted.ts'));

if (run.status === 0 || planted.length !== 2) {
  console.error(`canary: tsc should report 2 planted errors, reported ${planted.length}`);
  console.error(run.stdout, run.stderr);
  process.exit(1);
}
if (others.length > 0) {
  console.error('canary: errors that nobody planted');
  console.error(others.join('\n'));
  process.exit(1);
}
console.log('canary: tsc found both planted errors');
