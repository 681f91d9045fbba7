// Before the view goes away (lock, language change, reload) every open form saves what was typed.
type Save = () => Promise<void>;

const forms = new Set<Save>();

/** A form that has something to save before the view goes. Returns how to forget it. */
export function beforeLeave(save: Save): () => void {
  forms.add(save);
  return () => {
    forms.delete(save);
  };
}

/** Saves all of them; waits until each is durable. A refusal stops the leaving. */
export async function saveForms(): Promise<void> {
  await Promise.all([...forms].map((save) => save()));
}
