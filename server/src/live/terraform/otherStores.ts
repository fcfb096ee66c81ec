/** What else of a Terraform state holds data: kinds that no reader looks at are listed all the same, because nobody else would say that they are missed. */
import type { StateInstance } from './state.ts';

/** Types of Terraform whose instances are one of our kinds, with the attribute that is its id. */
const OURS: ReadonlyMap<string, readonly [kind: string, id: string]> = new Map([
  ['google_sql_database_instance', ['gcp/cloudsql-instance', 'name']],
  ['google_storage_bucket', ['gcp/storage-bucket', 'name']],
  ['azurerm_postgresql_flexible_server', ['azure/postgres-server', 'name']],
  ['azurerm_mysql_flexible_server', ['azure/mysql-server', 'name']],
  ['azurerm_mssql_database', ['azure/sql-database', 'name']],
]);

/** Types that hold data and are no kind of ours. */
const FOREIGN: ReadonlySet<string> = new Set([
  'aws_efs_file_system',
  'aws_fsx_lustre_file_system',
  'aws_fsx_ontap_file_system',
  'aws_fsx_openzfs_file_system',
  'aws_fsx_windows_file_system',
  'aws_ebs_volume',
  'aws_docdb_cluster',
  'aws_elasticache_replication_group',
  'aws_elasticsearch_domain',
  'aws_keyspaces_table',
  'aws_memorydb_cluster',
  'aws_neptune_cluster',
  'aws_opensearch_domain',
  'aws_redshift_cluster',
  'azurerm_cosmosdb_account',
  'azurerm_managed_disk',
  'azurerm_storage_account',
  'digitalocean_database_cluster',
  'google_bigtable_instance',
  'google_compute_disk',
  'google_filestore_instance',
  'google_firestore_database',
  'google_spanner_instance',
  'mongodbatlas_advanced_cluster',
  'mongodbatlas_cluster',
]);

export interface OtherStore {
  readonly kind: string;
  readonly id: string;
  readonly region?: string;
  readonly account?: string;
}

/** The instances that hold data and that no mapping reads; a type that is no kind of ours is `terraform/TYPE`. */
export function otherStores(instances: readonly StateInstance[]): readonly OtherStore[] {
  return instances.flatMap(({ type, address, attributes }): OtherStore[] => {
    const ours = OURS.get(type);
    if (!ours && !FOREIGN.has(type)) return [];
    const text = (name: string): string | undefined => {
      const value = attributes[name];
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const id = ours ? text(ours[1]) : (text('domain_name') ?? text('cluster_identifier') ?? text('name') ?? text('id'));
    const [, , , , ofArn, account] = /^arn:/u.test(text('arn') ?? '') ? ['', ...(text('arn') ?? '').split(':')] : [];
    const region = text('region') ?? text('location') ?? (ofArn === '' ? undefined : ofArn);
    return [
      {
        kind: ours ? ours[0] : `terraform/${type}`,
        id: id ?? address,
        ...(region === undefined ? {} : { region }),
        ...(account === undefined || account === '' ? {} : { account }),
      },
    ];
  });
}
