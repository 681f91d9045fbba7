// Keeps a draft safe: waits a moment after the last key, saves one at a time, never drops what is newer.

export interface Saving<T> {
  /** Writes it down; resolves with the moment it is durable. */
  save(value: T): Promise<string>;
  /** Told on every change of state. */
  tell(state: SaveState): void;
  /** Milliseconds after the last change. */
  delay?: number;
  /** Milliseconds before a failed save is tried again. */
  retry?: number;
}

export type SaveState =
  | { kind: 'idle'; savedAt: string | null }
  | { kind: 'waiting'; savedAt: string | null }
  | { kind: 'saving'; savedAt: string | null }
  | { kind: 'failed'; savedAt: string | null; error: unknown };

export class Autosave<T> {
  private pending: { value: T } | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private savedAt: string | null;
  private closed = false;

  constructor(
    private readonly saving: Saving<T>,
    savedAt: string | null,
  ) {
    this.savedAt = savedAt;
  }

  /** The newest value. Saved `delay` after the last call. */
  change(value: T): void {
    if (this.closed) return;
    this.pending = { value };
    if (!this.running) this.saving.tell({ kind: 'waiting', savedAt: this.savedAt });
    this.schedule(this.saving.delay ?? 800);
  }

  /** Saves at once what is not saved yet. Resolves when it is durable or has failed. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    while (this.pending || this.running) {
      if (this.running) await this.running;
      else if (!(await this.once())) return;
    }
  }

  /** The intake was finished or thrown away: nothing of it may be written any more. */
  async close(): Promise<void> {
    this.closed = true;
    this.pending = null;
    clearTimeout(this.timer);
    if (this.running) await this.running;
  }

  /** Takes up saving again after `close`: finishing failed and the draft goes on. */
  reopen(value: T): void {
    this.closed = false;
    this.change(value);
  }

  private schedule(delay: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), delay);
  }

  /** One write. False when it failed; the value is then kept and tried again. */
  private async once(): Promise<boolean> {
    const job = this.pending;
    if (!job) return true;
    this.pending = null;
    let fine = true;
    this.saving.tell({ kind: 'saving', savedAt: this.savedAt });
    this.running = this.saving.save(job.value).then(
      (savedAt) => {
        this.savedAt = savedAt;
        this.saving.tell({ kind: this.pending ? 'waiting' : 'idle', savedAt });
      },
      (error: unknown) => {
        fine = false;
        if (this.closed) return;
        this.pending ??= job;
        this.saving.tell({ kind: 'failed', savedAt: this.savedAt, error });
        this.schedule(this.saving.retry ?? 3000);
      },
    );
    await this.running;
    this.running = null;
    return fine;
  }
}
