import type { CloudEvent, LocalService } from "./cloud.ts";

/** What `cloud.publish` needs of the service `events`: it accepts an event of an AWS service on the default bus. */
export interface EventSink extends LocalService {
  /** Takes the event over; matching and delivery happen afterwards and never throw into the publisher. */
  deliver(event: CloudEvent): void;
}
