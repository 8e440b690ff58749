import { Catch, type ExceptionFilter } from '@nestjs/common'
import { type Observable, throwError } from 'rxjs'

/** Nest would make every error "Internal server error"; the bus server decides what a caller may know. */
export class PassErrors implements ExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error)
  }
}
// Called, not written as a decorator: Node can then run this package's sources as they are.
Catch()(PassErrors)
