/** RDS: its client and the read-only commands that readers use; loaded when first asked for. */
import {
  RDSClient,
  DescribeDBInstancesCommand,
  DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBClustersCommand,
  DescribeDBSnapshotsCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBEngineVersionsCommand,
  DescribeDBMajorEngineVersionsCommand,
  type RDSClientConfig,
  type DescribeDBInstancesCommandInput,
  type DescribeDBInstanceAutomatedBackupsCommandInput,
  type DescribeDBInstanceAutomatedBackupsCommandOutput,
  type DescribeDBInstancesCommandOutput,
  type DescribeDBClustersCommandInput,
  type DescribeDBClustersCommandOutput,
  type DescribeDBSnapshotsCommandInput,
  type DescribeDBSnapshotsCommandOutput,
  type DescribeDBClusterSnapshotsCommandInput,
  type DescribeDBClusterSnapshotsCommandOutput,
  type DescribeDBEngineVersionsCommandInput,
  type DescribeDBEngineVersionsCommandOutput,
  type DescribeDBMajorEngineVersionsCommandInput,
  type DescribeDBMajorEngineVersionsCommandOutput,
} from '@aws-sdk/client-rds';

export function client(config: RDSClientConfig): RDSClient {
  return new RDSClient(config);
}

export const commands = {
  DescribeDBInstances: DescribeDBInstancesCommand,
  DescribeDBInstanceAutomatedBackups: DescribeDBInstanceAutomatedBackupsCommand,
  DescribeDBClusters: DescribeDBClustersCommand,
  DescribeDBSnapshots: DescribeDBSnapshotsCommand,
  DescribeDBClusterSnapshots: DescribeDBClusterSnapshotsCommand,
  DescribeDBEngineVersions: DescribeDBEngineVersionsCommand,
  DescribeDBMajorEngineVersions: DescribeDBMajorEngineVersionsCommand,
};

export interface Calls {
  'rds:DescribeDBInstanceAutomatedBackups': [
    DescribeDBInstanceAutomatedBackupsCommandInput,
    DescribeDBInstanceAutomatedBackupsCommandOutput,
  ];
  'rds:DescribeDBInstances': [DescribeDBInstancesCommandInput, DescribeDBInstancesCommandOutput];
  'rds:DescribeDBClusters': [DescribeDBClustersCommandInput, DescribeDBClustersCommandOutput];
  'rds:DescribeDBSnapshots': [DescribeDBSnapshotsCommandInput, DescribeDBSnapshotsCommandOutput];
  'rds:DescribeDBClusterSnapshots': [DescribeDBClusterSnapshotsCommandInput, DescribeDBClusterSnapshotsCommandOutput];
  'rds:DescribeDBEngineVersions': [DescribeDBEngineVersionsCommandInput, DescribeDBEngineVersionsCommandOutput];
  'rds:DescribeDBMajorEngineVersions': [
    DescribeDBMajorEngineVersionsCommandInput,
    DescribeDBMajorEngineVersionsCommandOutput,
  ];
}
