import type { Registry } from "prom-client";

/** What is counted of challenges and answers; never by user. */
export interface VerificationMetrics {
  verification(type: string, outcome: "verified" | "refused" | "paused", reason: string): void;
  challenge(type: string, outcome: "created" | "refused" | "paused" | "undelivered"): void;
  delivery(channel: string, outcome: "delivered" | "failed", seconds: number): void;
  signatureCounter(result: string): void;
}

/** Counts nothing. */
export const noMetrics: VerificationMetrics = {
  verification() {},
  challenge() {},
  delivery() {},
  signatureCounter() {},
};

/** Counts in `registry`. */
export async function registerVerificationMetrics(registry: Registry): Promise<VerificationMetrics> {
  const { Counter, Histogram } = await import("prom-client");
  const registers = [registry];
  const verifications = new Counter({
    name: "authentication_verifications_total",
    help: "Answers, by what became of them and why.",
    labelNames: ["type", "outcome", "reason"],
    registers,
  });
  const challenges = new Counter({
    name: "authentication_challenges_total",
    help: "Challenges that were asked for, by what became of them.",
    labelNames: ["type", "outcome"],
    registers,
  });
  const deliveries = new Counter({
    name: "authentication_deliveries_total",
    help: "Codes that were handed to the webhook, its second attempts not counted.",
    labelNames: ["channel", "outcome"],
    registers,
  });
  const duration = new Histogram({
    name: "authentication_delivery_duration_seconds",
    help: "How long the webhook took for a code, both attempts together.",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const counters = new Counter({
    name: "authentication_signature_counters_total",
    help: "What became of the signature counters of authenticators.",
    labelNames: ["result"],
    registers,
  });
  return {
    verification: (type, outcome, reason) => verifications.inc({ type, outcome, reason }),
    challenge: (type, outcome) => challenges.inc({ type, outcome }),
    delivery(channel, outcome, seconds) {
      deliveries.inc({ channel, outcome });
      duration.observe(seconds);
    },
    signatureCounter: (result) => counters.inc({ result }),
  };
}
