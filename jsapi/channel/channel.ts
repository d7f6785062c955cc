// The group "channel": BroadcastChannel, MessageChannel and MessagePort, after the HTML Standard
// (https://html.spec.whatwg.org/multipage/web-messaging.html).

import { useMessagePorts } from "../events/events.ts";
import { expose } from "../internal/expose.ts";
import { BroadcastChannel, deliver } from "./broadcast.ts";
import { arrived, closed } from "./endpoints.ts";
import { MessageChannel, MessagePort, isMessagePort } from "./ports.ts";

export { type Receiver, claimEndpoint, closeEndpoint, openEndpoint, pairEndpoints, post, shipEndpoint, startEndpoint } from "./endpoints.ts";
export { messageEvent, messageErrorEvent, postOptions } from "./ports.ts";

declare const __host: { chosen: boolean };

useMessagePorts(isMessagePort);
expose(__host, { BroadcastChannel, MessageChannel, MessagePort });

export default { arrived, closed, deliver };
