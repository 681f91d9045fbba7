// The intake screen.

export function IntakeScreen(_props: { draftId: string }) {
  return null;
}
