/** Reads CloudWatch alarms, a hundred names a call. */
import type { LookupRequest } from '../../../core/drift/observation.ts';
import { nameOf } from '../../../core/drift/kinds/aws/arn.ts';
import { chunks, type Answer } from '../../reader.ts';
import { whole, type AwsReader } from '../awsReader.ts';
import { values } from './single.ts';

const alarmName = (request: LookupRequest): string => nameOf(request.id);

export const cloudwatchAlarmReader: AwsReader = {
  kind: 'aws/cloudwatch-alarm',
  scope: 'region',
  plan: (requests) => [
    {
      operation: 'cloudwatch:DescribeAlarms',
      count: Math.ceil(requests.length / 100),
      serves: requests.map((request) => request.id),
    },
  ],
  async look(requests, target) {
    const names = [...new Set(requests.map(alarmName))];
    const pages = await Promise.all(
      chunks(names, 100).map(
        async (some) =>
          await target.call('cloudwatch:DescribeAlarms', {
            AlarmNames: [...some],
            AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
            MaxRecords: 100,
          }),
      ),
    );
    const alarms = pages.flatMap((page) => {
      whole(page.MetricAlarms ?? page.CompositeAlarms, 'cloudwatch:DescribeAlarms');
      return [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])];
    });
    return requests.map((request): Answer => {
      const alarm = alarms.find((each) => each.AlarmName === alarmName(request));
      if (!alarm) return { state: 'absent' };
      return {
        state: 'found',
        region: target.region,
        facts: values({
          state: alarm.StateValue,
          actionsEnabled: alarm.ActionsEnabled ?? true,
          actions: alarm.AlarmActions ?? [],
        }),
      };
    });
  },
};
