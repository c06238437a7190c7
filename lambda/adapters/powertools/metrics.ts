import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';
import { METRIC_NAMESPACE, type HandlerName, type MetricName } from '../../environment';
import type { Meter } from '../../telemetry';

/** CloudWatch metrics in the embedded format, with the handler's name as the dimension `service`. */
export function powertoolsMeter(handler: HandlerName): Meter {
  const metrics = new Metrics({ namespace: METRIC_NAMESPACE, serviceName: handler });
  const counted = new Map<string, Counted>();
  return {
    count: (name, times = 1, by) => {
      if (times === 0) return;
      metrics.addMetric(name, MetricUnit.Count, times);
      if (by) addTo(counted, { name, times, by });
    },
    milliseconds: (name, value) => void metrics.addMetric(name, MetricUnit.Milliseconds, value),
    flush: () => {
      // A metric with another dimension needs a document of its own.
      for (const { name, times, by } of counted.values()) {
        metrics
          .singleMetric()
          .addDimensions({ ...by })
          .addMetric(name, MetricUnit.Count, times);
      }
      counted.clear();
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}

interface Counted {
  readonly name: MetricName;
  readonly times: number;
  readonly by: Readonly<Record<string, string>>;
}

function addTo(counts: Map<string, Counted>, { name, times, by }: Counted): void {
  const key = JSON.stringify([name, by]);
  counts.set(key, { name, times: times + (counts.get(key)?.times ?? 0), by });
}
