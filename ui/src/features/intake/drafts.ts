// Drafts that are being written: outside React, so that no screen change, failed save or language
// switch can lose a word. A draft leaves this place only when it is durable.
import { asRefusal, call, type IntakeForm } from '../../backend';
import { refresh } from '../../backend/query';
import { Autosave, type SaveState } from './autosave';
import { emptyParty } from './who';

/** One draft in the hand. */
export class LiveDraft {
  private readonly autosave: Autosave<IntakeForm>;
  private readonly listeners = new Set<() => void>();
  private snapshot: { form: IntakeForm; save: SaveState };

  constructor(
    readonly id: string,
    form: IntakeForm,
    savedAt: string | null,
  ) {
    this.snapshot = { form, save: { kind: 'idle', savedAt } };
    this.autosave = new Autosave<IntakeForm>(
      {
        save: async (value) => (await call('draft_save', { id, form: value })).saved_at,
        tell: (save) => this.put({ ...this.snapshot, save }),
      },
      savedAt,
    );
  }

  read = (): { form: IntakeForm; save: SaveState } => this.snapshot;

  subscribe = (tell: () => void): (() => void) => {
    this.listeners.add(tell);
    return () => {
      this.listeners.delete(tell);
    };
  };

  /** Changes the form and saves it a moment later. */
  change(change: (form: IntakeForm) => IntakeForm): void {
    const form = change(this.snapshot.form);
    if (form === this.snapshot.form) return;
    this.put({ ...this.snapshot, form });
    this.autosave.change(form);
  }

  /** Saves now; resolves when durable, rejects when it could not be saved. */
  async flush(): Promise<void> {
    await this.autosave.flush();
    const { save } = this.snapshot;
    if (save.kind === 'failed') throw save.error;
  }

  /** Nothing of it may be written any more: it was finished or is being finished. */
  stop(): Promise<void> {
    return this.autosave.close();
  }

  /** Finishing failed: the draft goes on. */
  goOn(): void {
    this.autosave.reopen(this.snapshot.form);
  }

  /** Nobody looks at it and everything of it is durable. */
  get idle(): boolean {
    return this.listeners.size === 0 && this.snapshot.save.kind === 'idle';
  }

  private put(snapshot: { form: IntakeForm; save: SaveState }): void {
    this.snapshot = snapshot;
    for (const tell of this.listeners) tell();
    const { save } = snapshot;
    const gone = save.kind === 'failed' && asRefusal(save.error).code === 'not_found';
    if (gone && this.listeners.size === 0) {
      // Finished or thrown away elsewhere, and nobody looks: asking for ever would help nobody.
      void this.autosave.close();
      live.delete(this.id);
    }
    if (this.idle) live.delete(this.id);
  }
}

const live = new Map<string, LiveDraft>();

/** The draft as it is in the hand, else as it was saved. */
export async function openDraft(id: string): Promise<LiveDraft> {
  const held = live.get(id);
  if (held) return held;
  const draft = await call('draft_get', { id });
  const again = live.get(id);
  if (again) return again;
  const opened = new LiveDraft(id, completed(draft.form), draft.saved_at);
  live.set(id, opened);
  return opened;
}

/** It was finished or thrown away. */
export function forgetDraft(id: string): void {
  live.delete(id);
}

/** Leaves the screen: saves, and lets go when it is safe. */
export function leaveDraft(draft: LiveDraft): void {
  void draft
    .flush()
    .then(() => {
      // A list that was asked for when the draft was begun says that nothing is written.
      refresh({ cases: [], lists: ['drafts'] });
      if (draft.idle) live.delete(draft.id);
    })
    // It stays here and is tried again; the next look at it shows why.
    .catch(() => undefined);
}

/** The core leaves empty fields of a person out; the screen wants them all. */
function completed(form: IntakeForm): IntakeForm {
  return {
    ...form,
    applicant: { ...emptyParty(), ...form.applicant },
    represented: form.represented ? { ...emptyParty('represented'), ...form.represented } : null,
    referrals: form.referrals.map((r) => ({
      ...r,
      disclosed: { ...{ name: false, phone: false, address: false }, ...r.disclosed },
    })),
  };
}
