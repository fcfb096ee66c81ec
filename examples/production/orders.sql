-- The shop's database as "npm start" loads it into its production server.
create role orders_app nologin;
create role orders_readonly nologin;
create extension if not exists pg_trgm;

create table customers (
  id bigint generated always as identity primary key,
  name text not null,
  mail text not null unique,
  joined_at timestamptz not null
);
create table products (
  id bigint generated always as identity primary key,
  title text not null,
  price_cents integer not null check (price_cents > 0)
);
create index products_title_trgm on products using gin (title gin_trgm_ops);
create table orders (
  id bigint generated always as identity primary key,
  customer_id bigint not null references customers,
  state text not null check (state in ('open', 'paid', 'shipped', 'returned')),
  created_at timestamptz not null
);
create table order_lines (
  order_id bigint not null references orders,
  position integer not null,
  product_id bigint not null references products,
  quantity integer not null check (quantity > 0),
  primary key (order_id, position)
);
create view order_totals as
  select o.id, sum(l.quantity * p.price_cents) as total_cents
  from orders o join order_lines l on l.order_id = o.id join products p on p.id = l.product_id
  group by o.id;

insert into customers (name, mail, joined_at)
  select 'Customer ' || n, 'customer' || n || '@example.com', now() - n * interval '3 hours'
  from generate_series(1, 2500) n;
insert into products (title, price_cents)
  select 'Article ' || n || ' ' || md5(n::text), 100 + (n * 37) % 9900 from generate_series(1, 400) n;
insert into orders (customer_id, state, created_at)
  select 1 + (n * 7919) % 2500, (array['open', 'paid', 'shipped', 'returned'])[1 + n % 4], now() - n * interval '4 minutes'
  from generate_series(1, 12000) n;
insert into order_lines (order_id, position, product_id, quantity)
  select o, p, 1 + (o * 31 + p * 17) % 400, 1 + (o + p) % 3
  from generate_series(1, 12000) o, generate_series(1, 3) p;

alter table customers owner to orders_app;
alter table products owner to orders_app;
alter table orders owner to orders_app;
alter table order_lines owner to orders_app;
alter view order_totals owner to orders_app;
grant select on all tables in schema public to orders_readonly;
