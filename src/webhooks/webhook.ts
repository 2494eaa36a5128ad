import type { EventKind } from "../events/event.ts";

/** `disabled` is ours to say, the others are the insurer's. */
export const SUBSCRIPTION_STATES = ["active", "paused", "disabled"] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** Why nothing is delivered any more: failures for a day, an answer 410, or a client that may no longer act for the insurer. */
export const DISABLED_REASONS = ["failing", "gone", "clientNotGranted"] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** What a delivery is for. */
export const DELIVERY_CAUSES = ["event", "replay", "ping"] as const;
export type DeliveryCause = (typeof DELIVERY_CAUSES)[number];

export const DELIVERY_OUTCOMES = ["delivered", "failed"] as const;
export type DeliveryOutcome = (typeof DELIVERY_OUTCOMES)[number];

/** Why a delivery failed. */
export const DELIVERY_FAULTS = [
  "nameUnknown",
  "addressRefused",
  "connectionFailed",
  "tlsFailed",
  "timedOut",
  "redirected",
  "errorStatus",
  "gone",
] as const;
export type DeliveryFault = (typeof DELIVERY_FAULTS)[number];

export const ORDER_KINDS = ["ping", "replay"] as const;
export type OrderKind = (typeof ORDER_KINDS)[number];

/** What an insurer chooses about a subscription. */
export interface SubscriptionSettings {
  /** https, checked by `parseEndpoint`. */
  readonly url: string;
  /** Absent: all kinds, also those to come. */
  readonly eventKinds?: readonly EventKind[];
  readonly description?: string;
}

/** Where events of an insurer are pushed to, and how that goes. */
export interface Subscription extends SubscriptionSettings {
  readonly subscriptionId: string;
  /** Who made or last changed it; deliveries end with its grant. */
  readonly clientId: string;
  readonly state: SubscriptionState;
  readonly disabledReason?: DisabledReason;
  /** Events up to this place of the feed are delivered, or not asked for. */
  readonly position: number;
  /** Events up to this place had their time before they could be delivered; 0: none. */
  readonly missedPosition: number;
  /** Attempts in a row that failed. */
  readonly failures: number;
  readonly failingSince?: Date;
  readonly lastFault?: DeliveryFault;
  readonly lastDeliveredAt?: Date;
  /** Until then each attempt fails so, by a simulation of validation. */
  readonly brokenUntil?: Date;
  readonly brokenFault?: DeliveryFault;
  /** Of the next attempt, while it fails. */
  readonly dueAt: Date;
  readonly createdAt: Date;
  readonly changedAt: Date;
}

/** One attempt, as the delivery log keeps it. */
export interface Delivery {
  /** In order of time. */
  readonly deliveryId: string;
  readonly cause: DeliveryCause;
  /** Absent of a ping. */
  readonly eventId?: string;
  readonly position?: number;
  /** 1 for the first. */
  readonly attempt: number;
  readonly outcome: DeliveryOutcome;
  /** HTTP status; absent where no answer came. */
  readonly status?: number;
  readonly fault?: DeliveryFault;
  readonly durationMs: number;
  /** By a simulation of validation, which lets it fail. */
  readonly simulated?: boolean;
  readonly attemptedAt: Date;
}
