import { KernelError } from '@tksm/abstractions';
import type { StateReader, SupervisorRecord } from '@tksm/abstractions';

/** @throws KernelError `SupervisorNotFound` */
export function findSupervisor({ supervisors }: StateReader, id: string): SupervisorRecord {
  const found = supervisors.get(id);
  if (found !== undefined) return found;
  throw new KernelError('SupervisorNotFound', `there is no supervisor ${id}`, {
    ...{ data: { supervisor: id }, next: 'tksm supervisor ls' },
  });
}
