import { inputShape, isFlattened, operationName, outputShape, trait, type Shape, type ShapeFault } from '../shape';
import type { WireHttpRequest, WireHttpResponse } from '../wire-http';
import { fromForm, type FormDialect } from './form-shape';
import type { Protocol } from './protocol';
import { element, escape, membersXml } from './xml-shape';

const QUERY: FormDialect = {
  memberName: (name, member) => trait(member, 'xmlName') ?? name,
  listWord: (list: Shape) => (isFlattened(list) ? undefined : (trait(list.getValueSchema(), 'xmlName') ?? 'member')),
};

const EC2: FormDialect = {
  memberName(name, member) {
    const queryName = trait(member, 'ec2QueryName');
    if (queryName !== undefined) return queryName;
    const spelt = trait(member, 'xmlName') ?? name;
    return spelt.charAt(0).toUpperCase() + spelt.slice(1);
  },
  listWord: () => undefined,
};

/** AWS query (SNS, STS): a form in, XML out. `version` is the API version the SDK sends. */
export function query(version: string, namespace: string): Protocol {
  return {
    ...form(version, QUERY),
    write(schema, output, requestId) {
      const name = operationName(schema);
      const result = element(`${name}Result`, membersXml(outputShape(schema), output));
      const metadata = element('ResponseMetadata', element('RequestId', requestId));
      return xml(200, element(`${name}Response`, result + metadata, namespace));
    },
    writeError(error, requestId) {
      const type = element('Type', error.status < 500 ? 'Sender' : 'Receiver');
      const body = type + element('Code', error.code) + element('Message', escape(error.message));
      return xml(
        error.status,
        element('ErrorResponse', element('Error', body) + element('RequestId', requestId), namespace),
      );
    },
  };
}

/** EC2's own query protocol: lists are always flat, and errors have another frame. */
export function ec2Query(version: string): Protocol {
  return {
    ...form(version, EC2),
    write(schema, output, requestId) {
      const body = element('requestId', requestId) + membersXml(outputShape(schema), output);
      return xml(200, element(`${operationName(schema)}Response`, body, `http://ec2.amazonaws.com/doc/${version}/`));
    },
    writeError(error, requestId) {
      const body = element('Code', error.code) + element('Message', escape(error.message));
      return xml(
        error.status,
        element('Response', element('Errors', element('Error', body)) + element('RequestID', requestId)),
      );
    },
  };
}

function form(version: string, dialect: FormDialect): Pick<Protocol, 'operationName' | 'read'> {
  return {
    operationName(request) {
      const parameters = formOf(request);
      return request.method === 'POST' && parameters.get('Version') === version ? (parameters.get('Action') ?? '') : '';
    },
    read(schema, request) {
      const faults: ShapeFault[] = [];
      const input = fromForm(inputShape(schema), formOf(request), dialect, (fault) => faults.push(fault));
      return { input, faults };
    },
  };
}

function formOf(request: WireHttpRequest): URLSearchParams {
  return new URLSearchParams(request.body.toString('utf8'));
}

export function xml(
  status: number,
  document: string,
  headers: Readonly<Record<string, string>> = {},
): WireHttpResponse {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${document}`, 'utf8');
  return { status, headers: { 'content-type': 'text/xml', ...headers }, body };
}
