import { canonicalAddress } from '../model/address';
import { objectsBy, onlyText, parametersOf } from '../records/changes/parameters';
import type { CloudTrailRecord } from '../model/cloudtrail-record';
import { textOf } from '../model/json-field';
import { readChanges } from '../records/read-changes';

/** The values of `aws:Ec2InstanceSourceVpc` and `aws:Ec2InstanceSourcePrivateIPv4` for an instance. */
export interface InstancePlace {
  readonly vpcId: string | null;
  /** Of its primary interface; neither ever changes. */
  readonly privateIp: string | null;
}

const NOWHERE: InstancePlace = { vpcId: null, privateIp: null };

/** VPCs of instances and endpoints, from their records in any order. */
export class Places {
  private readonly instances = new Map<string, InstancePlace>();
  private readonly endpoints = new Map<string, string>();

  read(record: CloudTrailRecord): void {
    if (!record.eventSource.startsWith('ec2.') || record.errorCode !== null) return;
    if (record.eventName === 'RunInstances') this.launch(record);
    if (record.eventName !== 'CreateVpcEndpoint') return;
    for (const { vpcId, endpointIds } of readChanges(record, null))
      if (vpcId !== null) for (const id of endpointIds) this.endpoints.set(id, vpcId);
  }

  /** `account/id` */
  instance(key: string): InstancePlace {
    return this.instances.get(key) ?? NOWHERE;
  }

  vpcOfEndpoint(id: string): string | null {
    return this.endpoints.get(id) ?? null;
  }

  private launch({ account, response }: CloudTrailRecord): void {
    for (const [id, objects] of objectsBy('instanceid', [response])) {
      const own = objects.map((object) => textOf(object.privateIpAddress)).find((text) => text !== null);
      const vpcIds = objects.map((object) => textOf(object.vpcId)).find((text) => text !== null);
      const vpcId = vpcIds ?? onlyText(parametersOf(objects), 'vpcid');
      this.instances.set(`${account}/${id}`, { vpcId, privateIp: own ? canonicalAddress(own) : null });
    }
  }
}
