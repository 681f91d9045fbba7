// Restricted circles an officer may be in (`esik_domain::catalog::CIRCLES`).
export const CIRCLES = ['dv', 'juvenile', 'integrity', 'corruption'] as const;
