/** Of healthy accounts, and of those that failed or took long: neither takes the other's room. */
export const LANES = ["quick", "burdensome"] as const;
export type Lane = (typeof LANES)[number];

export interface RoundLanes {
  room(lane: Lane): number;
  /** Answers how to leave. A quick round that lasts moves over as soon as there is room, and makes room for others. */
  enter(lane: Lane): { leave(): void };
}

/** As many rounds at once in each lane as `size`. `onRoom` is called when a lane that was full is so no longer. */
export function createRoundLanes(size: number, slowMs: number, onRoom: () => void): RoundLanes {
  const busy: Record<Lane, number> = { quick: 0, burdensome: 0 };
  const lasting = new Set<() => void>();
  const leave = (lane: Lane) => {
    busy[lane] -= 1;
    if (lane === "burdensome") for (const move of lasting) move();
    if (busy[lane] === size - 1) onRoom();
  };
  return {
    room: (lane) => size - busy[lane],
    enter(first) {
      let lane = first;
      busy[lane] += 1;
      const move = () => {
        if (busy.burdensome >= size) return;
        lasting.delete(move);
        busy.burdensome += 1;
        lane = "burdensome";
        leave("quick");
      };
      const timer = setTimeout(() => {
        if (lane === "burdensome") return;
        lasting.add(move);
        move();
      }, slowMs);
      return {
        leave() {
          clearTimeout(timer);
          lasting.delete(move);
          leave(lane);
        },
      };
    },
  };
}
