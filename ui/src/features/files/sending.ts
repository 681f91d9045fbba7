// Files on their way into the core: outside React, so that leaving the screen loses none. Each goes
// in parts, one file after the other; what the core asks or refuses stays here until it is answered.
import { type AttachTo, asRefusal, call, type Refusal, type ScanFile } from '../../backend';
import { refresh } from '../../backend/query';
import { t } from '../../i18n';
import { toast } from '../../kit/Toast';

/** One file that is not kept yet. */
export interface Sending {
  readonly id: string;
  readonly to: AttachTo;
  readonly name: string;
  readonly bytes: number;
  /** Bytes the core has. */
  readonly sent: number;
  /** `asks`: it looks like a copy of an identity document, and the officer has to say. */
  readonly state: 'waits' | 'sends' | 'asks' | 'failed';
  readonly error?: Refusal;
  /** It lies in the scanner's folder. */
  readonly scan?: ScanFile;
}

/** Bytes of one part: well under what a host takes in one call. */
const PART = 1536 * 1024;

let all: readonly Sending[] = [];
/** What is to be sent: bytes of the window, or a file of the scanner's folder, which only the core reads. */
type Source = { file: File } | { scan: ScanFile };
const held = new Map<string, Source>();
const listeners = new Set<() => void>();
let work: Promise<void> = Promise.resolve();

export function readSending(): readonly Sending[] {
  return all;
}

export function subscribeSending(tell: () => void): () => void {
  listeners.add(tell);
  return () => {
    listeners.delete(tell);
  };
}

/** The request a file of a case is about. */
function about(to: AttachTo): string | undefined {
  return to.to === 'case' ? to.referral : undefined;
}

export function sameTarget(a: AttachTo, b: AttachTo): boolean {
  return a.to === b.to && a.id === b.id && about(a) === about(b);
}

/** Takes files in for a case or a draft. */
export function send(to: AttachTo, files: readonly NamedFile[], bytesMax?: number): void {
  for (const { file, name, refused } of files) {
    const id = crypto.randomUUID();
    held.set(id, { file });
    const one: Sending = { id, to, name, bytes: file.size, sent: 0, state: 'waits' };
    if (refused) {
      put({ ...one, state: 'failed', error: refused });
    } else if (bytesMax !== undefined && file.size > bytesMax) {
      put({ ...one, state: 'failed', error: { code: 'attachment_too_large', params: {} } });
    } else {
      put(one);
      enqueue(id, false);
    }
  }
}

/** Takes a file of the scanner's folder. */
export function sendScan(to: AttachTo, scan: ScanFile): void {
  if (of(to).some((s) => s.scan?.name === scan.name && s.state !== 'failed')) return;
  const id = crypto.randomUUID();
  held.set(id, { scan });
  put({ id, to, name: scan.name, bytes: scan.bytes, sent: 0, state: 'waits', scan });
  enqueue(id, false);
}

export interface NamedFile {
  file: File;
  name: string;
  /** It could not be had; `file` is empty. */
  refused?: Refusal;
}

/** “It is no copy of an identity document”: the bytes are there, only the word was missing. */
export function isNone(id: string): void {
  patch(id, { state: 'waits' });
  enqueue(id, true);
}

/** Tries once more, from the beginning. */
export function sendAgain(id: string): void {
  const one = all.find((s) => s.id === id);
  if (!one) return;
  patch(id, { state: 'waits', sent: 0 });
  enqueue(id, false);
}

/** It is not to be kept. */
export function letGo(id: string): void {
  held.delete(id);
  all = all.filter((s) => s.id !== id);
  tell();
}

/** Waits for what is on its way to a draft that is being finished.
 *
 * Rejects with `attachment_waits` while a question is not answered: the file would be lost unseen. */
export async function settled(to: AttachTo): Promise<void> {
  while (of(to).some((s) => s.state === 'waits' || s.state === 'sends')) await work;
  if (of(to).some((s) => s.state === 'asks')) throw { code: 'attachment_waits', params: {} };
}

function of(to: AttachTo): Sending[] {
  return all.filter((s) => sameTarget(s.to, to));
}

/** The desk is locked: names of files are somebody's, and the next face is another's. */
export function forgetSending(): void {
  held.clear();
  all = [];
  tell();
}

function enqueue(id: string, notIdentity: boolean): void {
  work = work.then(() => run(id, notIdentity));
}

async function run(id: string, notIdentity: boolean): Promise<void> {
  const one = all.find((s) => s.id === id);
  const source = held.get(id);
  if (!one || !source) return;
  patch(id, { state: 'sends' });
  try {
    if ('scan' in source) return await keepScan(one, source.scan, notIdentity);
    const { file } = source;
    // An answered question finds the bytes in the core, unless it let go of them meanwhile.
    if (notIdentity) {
      if (await keep(one, true, true)) return;
    }
    await parts(one, file);
    if (all.some((s) => s.id === id)) await keep(one, notIdentity, false);
  } catch (error) {
    const refusal = asRefusal(error);
    if (refusal.code === 'attachment_identity') patch(id, { state: 'asks' });
    else patch(id, { state: 'failed', error: refusal });
  }
}

async function parts(one: Sending, file: File): Promise<void> {
  let from = 0;
  do {
    const base64 = await encoded(file.slice(from, from + PART));
    if (!all.some((s) => s.id === one.id)) return;
    const { bytes } = await call('attachment_part', { upload: one.id, from, base64 });
    from = Math.min(from + PART, file.size);
    patch(one.id, { sent: bytes });
  } while (from < file.size);
}

/** False when the bytes have to come again. */
async function keep(one: Sending, notIdentity: boolean, again: boolean): Promise<boolean> {
  try {
    const done = await call('attachment_add', {
      upload: one.id,
      to: one.to,
      name: one.name,
      note: '',
      not_identity: notIdentity,
    });
    letGo(one.id);
    refresh(done.changed);
    return true;
  } catch (error) {
    if (again && asRefusal(error).code === 'upload_gone') return false;
    throw error;
  }
}

async function keepScan(one: Sending, scan: ScanFile, notIdentity: boolean): Promise<void> {
  const asked = { ...scan, to: one.to, note: '', not_identity: notIdentity };
  const done = await call('scan_attach', asked);
  letGo(one.id);
  refresh(done.changed);
  toast(t(done.removed ? 'scan.attached_removed' : 'scan.attached', { name: one.name }));
}

function encoded(part: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = String(reader.result);
      resolve(url.slice(url.indexOf(',') + 1));
    };
    // A folder, or a file that went away: a stick that was pulled out.
    reader.onerror = () => reject({ code: 'attachment_unreadable', params: {} });
    reader.readAsDataURL(part);
  });
}

function put(one: Sending): void {
  all = [...all, one];
  tell();
}

function patch(id: string, change: Partial<Sending>): void {
  all = all.map((s) => (s.id === id ? { ...s, ...change } : s));
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}
