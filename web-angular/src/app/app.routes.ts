import { inject } from '@angular/core'
import type { ResolveFn, Routes } from '@angular/router'
import { Auth } from './api/auth.ts'
import { onlySignedIn, onlySignedOut } from './api/guards.ts'
import type { AuthConfig } from './api/types.ts'
import { DashboardPage } from './dashboard/page.ts'
import { Shell } from './shell/shell.ts'
import { texts } from './texts.ts'

const title = (page: string) => `${page} · ${texts.product}`

/** Known before the page is shown, so that no form stands there that is not meant; nothing where nobody answers. */
const whoSignsIn: ResolveFn<AuthConfig | undefined> = () =>
  inject(Auth)
    .config()
    .catch(() => undefined)

/**
 * The dashboard in its frame comes with the app: it is what most openings show, and as chunks of their own its forty small
 * files came one round trip later. Every other page is a chunk of its own.
 */
export const routes: Routes = [
  {
    path: 'sign-in',
    title: title(texts.titles.signIn),
    canActivate: [onlySignedOut],
    resolve: { config: whoSignsIn },
    loadComponent: () => import('./sign-in/page.ts').then((m) => m.SignInPage),
  },
  // What people type.
  { path: 'login', redirectTo: 'sign-in' },
  {
    path: 'register',
    title: title(texts.titles.register),
    canActivate: [onlySignedOut],
    loadComponent: () => import('./register/page.ts').then((m) => m.RegisterPage),
  },
  {
    path: 'welcome',
    title: title(texts.titles.welcome),
    canActivate: [onlySignedIn],
    loadComponent: () => import('./welcome/page.ts').then((m) => m.WelcomePage),
  },
  {
    path: '',
    canActivate: [onlySignedIn],
    component: Shell,
    children: [
      {
        path: '',
        pathMatch: 'full',
        title: title(texts.dashboard.title),
        component: DashboardPage,
      },
      {
        path: 'accounts',
        title: title(texts.accounts.title),
        loadComponent: () => import('./accounts/page.ts').then((m) => m.AccountsPage),
      },
      {
        path: 'accounts/:id',
        title: title(texts.titles.account),
        loadComponent: () => import('./accounts/account/page.ts').then((m) => m.AccountPage),
      },
      {
        path: 'transactions',
        title: title(texts.nav.transactions),
        loadComponent: () => import('./transactions/page.ts').then((m) => m.TransactionsPage),
      },
      {
        path: 'spending',
        title: title(texts.nav.spending),
        loadComponent: () => import('./spending/page.ts').then((m) => m.SpendingPage),
      },
      {
        path: 'cash-flow',
        title: title(texts.nav.cashFlow),
        loadComponent: () => import('./cash-flow/page.ts').then((m) => m.CashFlowPage),
      },
      {
        path: 'net-worth',
        title: title(texts.nav.netWorth),
        loadComponent: () => import('./net-worth/page.ts').then((m) => m.NetWorthPage),
      },
      {
        path: 'recurring',
        title: title(texts.nav.recurring),
        loadComponent: () => import('./recurring/page.ts').then((m) => m.RecurringPage),
      },
      {
        path: 'connections',
        title: title(texts.nav.connections),
        loadComponent: () => import('./connections/page.ts').then((m) => m.ConnectionsPage),
      },
      {
        path: 'connections/add',
        title: title(texts.titles.addBank),
        loadComponent: () => import('./connections/add/page.ts').then((m) => m.AddBankPage),
      },
      {
        path: 'connections/setup',
        title: title(texts.titles.setup),
        loadComponent: () => import('./connections/setup/page.ts').then((m) => m.ProviderSetupPage),
      },
      {
        path: 'imports',
        title: title(texts.nav.imports),
        loadComponent: () => import('./imports/page.ts').then((m) => m.ImportsPage),
      },
      {
        path: 'held',
        title: title(texts.nav.held),
        loadComponent: () => import('./held/page.ts').then((m) => m.HeldPage),
      },
      {
        path: 'pipeline',
        title: title(texts.nav.pipeline),
        loadComponent: () => import('./pipeline/page.ts').then((m) => m.PipelinePage),
      },
      {
        path: 'sql',
        title: title(texts.nav.sql),
        loadComponent: () => import('./sql/page.ts').then((m) => m.SqlPage),
      },
      {
        path: 'settings',
        title: title(texts.nav.settings),
        loadComponent: () => import('./settings/page.ts').then((m) => m.SettingsPage),
      },
      {
        path: 'parts',
        title: title(texts.nav.parts),
        loadComponent: () => import('./catalogue/page.ts').then((m) => m.CataloguePage),
      },
      {
        path: '**',
        title: title(texts.notFound.title),
        loadComponent: () => import('./shell/not-found.ts').then((m) => m.NotFound),
      },
    ],
  },
]
