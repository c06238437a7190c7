import { IRELAND, SHOP } from './cast';
import type { Chapter } from './chapter';
import type { SessionKey } from '../../trail-writer/identities';
import { hexFor } from '../../trail-writer/ids';

/** An ECS task's id, by its name in the story. */
export function taskId(name: string): string {
  return hexFor(`task ${name}`, 32);
}

/** ECS hands a task a key for one of its roles: the task role or the execution role, both under the task's id. */
export function issueToTask(chapter: Chapter, task: string, role: string, at: string): SessionKey {
  const session = { account: SHOP, region: IRELAND, role, name: taskId(task) };
  return chapter.issueBy({ service: 'ecs-tasks', hours: 6 }, session, at);
}
