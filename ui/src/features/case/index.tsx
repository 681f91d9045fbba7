// The case screen.

export function CaseScreen(_props: { id: string }) {
  return null;
}
