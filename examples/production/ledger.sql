-- The ledger of closed quarters: double entries, so that the sum of all amounts is zero.
create table accounts (number text primary key, title text not null);
create table entries (
  id bigint generated always as identity primary key,
  booked_on date not null,
  account text not null references accounts,
  amount_cents bigint not null,
  memo text not null
);
insert into accounts values ('1000', 'Bank'), ('4000', 'Revenue'), ('6000', 'Costs');
insert into entries (booked_on, account, amount_cents, memo)
  select date '2026-07-01' + n % 92, account, sign * (10000 + n * 13), 'Closing Q3 2026, item ' || n
  from generate_series(1, 400) n, (values ('1000', 1), ('4000', -1)) as sides (account, sign);
