// The name of an officer's role; one of a later version has none here.
import type { Role } from '../backend';
import { t } from './index';

const KNOWN: Record<Role, true> = {
  officer: true,
  consultant: true,
  duty: true,
  inspector: true,
  controller: true,
  head: true,
  region: true,
};

export function roleName(role: Role): string {
  return t(Object.hasOwn(KNOWN, role) ? `role.${role}` : 'role.later');
}
